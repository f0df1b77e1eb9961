import { unknownName } from '@dgprompt/io';
import { z } from 'zod';
import type { OptionFacts } from './definition.js';
import { isGroup, type OptionLeaf, optionLeaves } from './option-tree.js';

/**
 * The schema of a method's options, derived from its defaults, `choices` and `ranges`. Every option is optional.
 *
 * @example
 * ```ts
 * import { maple } from '@dgprompt/methods';
 * import { optionsSchema } from '@dgprompt/methods/method';
 *
 * const schema = optionsSchema(maple.definition);
 * console.log(schema.safeParse({ depth: 3 }).success, schema.safeParse({ depth: 0.5 }).success); // true false
 * ```
 */
export function optionsSchema(definition: OptionFacts): z.ZodObject {
  const leaves = optionLeaves(definition);
  const shape: Record<string, z.ZodType> = {};
  for (const [key, standard] of Object.entries(definition.options)) {
    const inner = isGroup(standard) ? Object.keys(standard) : [];
    const group = () =>
      z.strictObject(
        Object.fromEntries(inner.map(name => [name, valueSchema(leaves.get(`${key}.${name}`)!).optional()])),
      );
    shape[key] = (leaves.has(key) ? valueSchema(leaves.get(key)!) : group()).optional();
  }
  return z.strictObject(shape);
}

function valueSchema({ standard, choices, range }: Omit<OptionLeaf, 'key'>): z.ZodType {
  if (choices) return z.literal([...choices] as string[]);
  if (Array.isArray(standard))
    return standard.length > 0
      ? z.array(valueSchema({ standard: standard[0] })).min(1)
      : z.array(z.union([z.string(), z.number()]));
  if (typeof standard === 'number') {
    const [least, most, kind] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    let number = kind === 'whole' ? z.number().int() : z.number();
    if (Number.isFinite(least)) number = number.min(least);
    if (Number.isFinite(most)) number = number.max(most);
    return number;
  }
  if (typeof standard === 'string') return z.string();
  return typeof standard === 'boolean' ? z.boolean() : z.unknown();
}

/**
 * Checks option values.
 * @param settings other names that a caller may have meant
 * @throws one sentence that names the option, its value and what it must be, or the nearest known option
 */
export function checkOptions(definition: OptionFacts, options: object, settings: readonly string[] = []): void {
  const issue = optionsSchema(definition).safeParse(options).error?.issues[0];
  if (!issue) return;
  const { name } = definition;
  const leaves = optionLeaves(definition);
  if (issue.code === 'unrecognized_keys')
    throw unknownOption(name, [...issue.path, issue.keys[0]].join('.'), [...leaves.keys(), ...settings]);
  const [first, second] = issue.path as [string, string | undefined];
  const leaf = leaves.get(first) ?? leaves.get(`${first}.${second}`);
  const value = issue.path
    .slice(0, leaf ? leaf.key.split('.').length : 1)
    .reduce((tree: unknown, key) => (tree as Record<PropertyKey, unknown>)[key], options);
  throw wrongValue(
    name,
    leaf ?? { key: first, standard: (definition.options as Record<string, unknown>)[first] },
    value,
  );
}

/** The error for an option that a method does not have. */
export const unknownOption = (name: string, key: string, known: readonly string[]): Error =>
  new Error(unknownName(`option of ${name}`, key, known));

/** The error for a value that an option cannot have. */
export function wrongValue(name: string, leaf: OptionLeaf, value: unknown): Error {
  const { key, choices } = leaf;
  if (choices && typeof value === 'string')
    return new Error(`${name}: ${unknownName(key, value, choices as string[])}`);
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return new Error(`${name}: ${key} is ${shown}; it must be ${expected(leaf)}.`);
}

/** What an option must be: `a whole number from 1 to 100`. */
function expected({ standard, choices, range }: OptionLeaf): string {
  if (choices) return `one of ${choices.join(', ')}`;
  if (typeof standard === 'boolean') return 'true or false';
  const example = JSON.stringify(standard);
  if (typeof standard === 'number') {
    if (!range) return `a number, such as ${example}`;
    const [least, most, kind] = range;
    const bounds = [
      Number.isFinite(least) && !Number.isFinite(most) && `of at least ${least}`,
      !Number.isFinite(least) && Number.isFinite(most) && `of at most ${most}`,
      Number.isFinite(least) && Number.isFinite(most) && `from ${least} to ${most}`,
    ].find(Boolean);
    return `a ${kind === 'whole' ? 'whole ' : ''}number${bounds ? ` ${bounds}` : ''}`;
  }
  if (Array.isArray(standard)) return `a list, such as ${standard.length > 0 ? example : '["a photo of a {}."]'}`;
  return isGroup(standard) ? `a group of options, such as ${example}` : `text, such as ${example}`;
}
