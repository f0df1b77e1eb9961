import { unknownName } from '@dgprompt/io';
import { UsageError } from '../usage-error.js';
import type { Context } from './command.js';

/**
 * Method names with options from `--set` and from the section `methods` of the config file added to them, as
 * `maple:lr=0.01`. Options in a name take precedence over the file's, those of `--set` over both.
 *
 * @param set as `maple.lr=0.01`
 * @throws UsageError for an unknown method, or for one of `--set` that is not among the names
 */
export async function withMethodOptions(
  names: readonly string[],
  set: readonly string[] | undefined,
  { configFile, methods }: Pick<Context, 'configFile' | 'methods'>,
): Promise<string[]> {
  const fromFile = new Map(Object.entries(methods).map(([id, options]) => [id, optionText(options)]));
  const fromLine = new Map<string, string>();
  for (const one of set ?? []) {
    const [, id, option] = /^([\w-]+)\.([\w.-]+=.+)$/s.exec(one) ?? [];
    if (id === undefined || option === undefined)
      throw new UsageError(`--set ${one} is invalid. It must be METHOD.OPTION=VALUE, such as maple.lr=0.01.`);
    fromLine.set(id, [fromLine.get(id), option].filter(Boolean).join('+'));
  }
  if (fromFile.size + fromLine.size === 0) return [...names];
  const { methodNames } = await import('@dgprompt/methods');
  const { addOptions, mergeOptionText } = await import('@dgprompt/methods/method');
  const { expandGroups } = await import('@dgprompt/bench/methods');
  const all = expandGroups(names);
  const idOf = (name: string) => name.split(':', 1)[0]!;
  for (const id of fromFile.keys())
    if (!methodNames.includes(id))
      throw new UsageError(`${configFile}: methods: ${unknownName('method', id, methodNames)}`);
  const chosen = [...new Set(all.map(idOf))];
  for (const id of fromLine.keys()) {
    if (chosen.includes(id)) continue;
    if (!methodNames.includes(id)) throw new UsageError(`--set: ${unknownName('method', id, methodNames)}`);
    throw new UsageError(`--set has options of ${id}, which is not one of the methods here: ${chosen.join(', ')}.`);
  }
  return all.map(name => {
    const id = idOf(name);
    const standard = fromFile.get(id);
    const own = name.slice(id.length + 1);
    const merged = standard === undefined ? own : mergeOptionText(standard, own);
    const given = fromLine.get(id);
    const withFile = merged === '' ? id : `${id}:${merged}`;
    return given === undefined ? withFile : addOptions(withFile, given);
  });
}

/** Options as text, nested keys with dots: `lr=0.01+guidance.rank=32`. */
function optionText(options: object, prefix = ''): string {
  const parts = Object.entries(options).map(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? optionText(value, `${prefix}${key}.`)
      : `${prefix}${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.filter(part => part !== '').join('+');
}
