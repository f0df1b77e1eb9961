/** The required kind of each part of a definition, in words. */
const kinds: Readonly<Record<string, string>> = {
  title: 'text',
  summary: 'text',
  options: 'an object',
  choices: 'an object',
  ranges: 'an object',
  variants: 'an object',
  limits: 'a function',
  recipe: 'a function',
  build: 'a function',
};

/**
 * Checks at run time what the types guarantee about a method's definition, for files that were not compiled.
 *
 * @param path of the file, for errors
 * @throws one sentence with file, method and part
 */
export function checkDefinition(path: string, definition: object): void {
  const { name, ablations, files, searchStages, variants = {} } = definition as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !/^[a-z][\w-]*$/i.test(name))
    throw new Error(`${path}: a method's name is ${said(name)}; it must be letters, digits, - and _, such as "mine".`);
  const wrong = (part: string, must: string, value: unknown) =>
    new Error(`${path}: ${part} of ${name} is ${said(value)}; it must be ${must}.`);
  for (const [part, kind] of Object.entries(kinds)) {
    const value = (definition as Readonly<Record<string, unknown>>)[part];
    if (value !== undefined && kindOf(value) !== kind) throw wrong(part, kind, value);
  }
  if (files !== undefined && !isList(files, 'text')) throw wrong('files', 'a list of its options', files);
  if (ablations !== undefined && !isList(ablations, 'text'))
    throw wrong('ablations', 'a list of its variants', ablations);
  for (const one of (ablations ?? []) as string[])
    if (!Object.hasOwn(variants as object, one))
      throw new Error(`${path}: ablations of ${name} has "${one}", which is not one of its variants.`);
  const isStages =
    searchStages === false || (Array.isArray(searchStages) && searchStages.every(one => isList(one, 'text')));
  if (searchStages !== undefined && !isStages)
    throw wrong('searchStages', "lists of settings, as [['pull=2', 'pull=8']], or false", searchStages);
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const isList = (value: unknown, kind: string): boolean =>
  Array.isArray(value) && value.every(one => kindOf(one) === kind);

/** A wrong value in short form. */
const said = (value: unknown): string =>
  ['text', 'a list'].includes(kindOf(value)) ? JSON.stringify(value) : kindOf(value);
