/** A JSON object. */
export type Json = Record<string, unknown>;

/** The object of a field; empty if there is none. */
export function section(config: Json, name: string): Json {
  const found = config[name];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Json) : {};
}

/** Without undefined and null fields. */
export function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** Whether a setting is "off": null, false, 0, an empty text, list or object. */
function isOff(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * Checks that every setting of a section is known.
 *
 * @param known settings that are read, or that have no effect here
 * @param defaults settings that may only have this value
 * @throws a sentence naming the file and the first setting that changes the network, or may change it
 */
export function checkSettings(
  path: string,
  where: string,
  settings: Json,
  known: readonly string[],
  defaults: Json = {},
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (known.includes(name) || isOff(value)) continue;
    if (name in defaults && JSON.stringify(defaults[name]) === JSON.stringify(value)) continue;
    const shown = `${where}${name} is ${JSON.stringify(value)}`;
    throw new Error(
      name in defaults
        ? `${path}: ${shown}, which makes a network that cannot be loaded; it must be ${JSON.stringify(defaults[name])}.`
        : `${path}: ${shown}, a setting that this version does not know, so the network might be another; remove it if it has no effect on the weights.`,
    );
  }
}
