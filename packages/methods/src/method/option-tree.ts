import type { OptionFacts, OptionRange } from './definition.js';

/** One option of a method, with everything that constrains its values. */
export interface OptionLeaf {
  /** `depth`, or within a group `guidance.rank`. */
  key: string;
  standard: unknown;
  choices?: readonly unknown[];
  range?: OptionRange;
}

type Tree = Readonly<Record<string, unknown>>;

/** Whether a value is a group of options. */
export const isGroup = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every option of a method by its dotted key, in the definition's order. */
export function optionLeaves({ options, choices = {}, ranges = {} }: OptionFacts): Map<string, OptionLeaf> {
  const inside = (tree: object, key: string) => (tree as Record<string, object | undefined>)[key];
  const leaves = new Map<string, OptionLeaf>();
  for (const [key, standard] of Object.entries(options)) {
    const [words, range] = [inside(choices, key), inside(ranges, key)];
    const leaf = (path: string, value: unknown, allowed?: object, limits?: object) =>
      leaves.set(path, {
        key: path,
        standard: value,
        choices: allowed as OptionLeaf['choices'],
        range: limits as OptionRange | undefined,
      });
    if (!isGroup(standard)) leaf(key, standard, words, range);
    else
      for (const [name, value] of Object.entries(standard))
        leaf(`${key}.${name}`, value, words && inside(words, name), range && inside(range, name));
  }
  return leaves;
}

/** Options in which others replace those with the same key; groups are merged, undefined values ignored. */
export function mergedOptions<O extends object>(options: O, others: object): O {
  const merged = { ...options } as Record<string, unknown>;
  for (const [key, value] of Object.entries(others)) {
    const before = merged[key];
    if (value !== undefined) merged[key] = isGroup(before) && isGroup(value) ? mergedOptions(before, value) : value;
  }
  return merged as O;
}

/**
 * Options by dotted key: `{ guidance: { rank: 4 } }` is `{ 'guidance.rank': 4 }`.
 *
 * @example
 * ```ts
 * import { flatOptions } from '@dgprompt/methods/method';
 *
 * console.log(flatOptions({ tokens: 2, guidance: { rank: 4 } })); // { tokens: 2, 'guidance.rank': 4 }
 * ```
 */
export function flatOptions(options: object): Record<string, unknown> {
  const entries = Object.entries(options).flatMap(([key, value]) =>
    isGroup(value) ? Object.entries(value).map(([name, inner]) => [`${key}.${name}`, inner]) : [[key, value]],
  );
  return Object.fromEntries(entries);
}
