import { splitList } from '@dgprompt/io';
import type { GivenOptions, OptionFacts } from './definition.js';
import { unknownOption, wrongValue } from './option-schema.js';
import { type OptionLeaf, optionLeaves } from './option-tree.js';
import type { Settings } from './options.js';
import { recipeLeaves } from './recipe.js';

/** A variant's name. */
const isName = (text: string) => /^[a-z][\w-]*$/i.test(text);

/**
 * The parts of a method's variant, `prototype+lr=1e+2`: a `+` separates only before a variant's name and before `key=`.
 * @param isVariant whether a name is a variant's. Default: any name is
 *
 * @example
 * ```ts
 * import { splitOptions } from '@dgprompt/methods/method';
 *
 * console.log(splitOptions('prototype+lr=1e+2')); // [ 'prototype', 'lr=1e+2' ]
 * ```
 */
export function splitOptions(text: string, isVariant: (name: string) => boolean = isName): string[] {
  const parts: string[] = [];
  for (const part of splitList(text, '+')) {
    if (parts.length === 0 || /^[a-z][\w.-]*=/i.test(part) || isVariant(part)) parts.push(part);
    else parts[parts.length - 1] += `+${part}`;
  }
  return parts;
}

/**
 * The values in options as text, as written, by option; the last of several counts. Names of variants have none.
 *
 * @example
 * ```ts
 * import { optionValues } from '@dgprompt/methods/method';
 *
 * console.log([...optionValues('prototype+lr=1e+2')]); // [ [ 'lr', '1e+2' ] ]
 * ```
 */
export function optionValues(text: string): Map<string, string> {
  const pairs = splitOptions(text).map(part => /^([^=]+)=(.*)$/s.exec(part));
  return new Map(pairs.flatMap(found => (found ? [[found[1]!, found[2]!] as const] : [])));
}

/**
 * Options as text, in which others replace those with the same key.
 *
 * @example
 * ```ts
 * import { mergeOptionText } from '@dgprompt/methods/method';
 *
 * console.log(mergeOptionText('lr=1e+2+epochs=5', 'epochs=3')); // lr=1e+2+epochs=3
 * ```
 */
export function mergeOptionText(text: string, others: string): string {
  const parts = [text, others].filter(Boolean).flatMap(each => splitOptions(each));
  return [...new Map(parts.map(part => [part.split('=', 1)[0], part])).values()].join('+');
}

/**
 * A method's name with options added, which replace those with the same key.
 *
 * @example
 * ```ts
 * import { addOptions } from '@dgprompt/methods/method';
 *
 * console.log(addOptions('maple', 'lr=0.01')); // maple:lr=0.01
 * console.log(addOptions('dgprompt:flat+lr=0.1', 'lr=0.01+guidance.rank=32'));
 * // dgprompt:flat+lr=0.01+guidance.rank=32
 * ```
 */
export function addOptions(id: string, text: string): string {
  const colon = id.indexOf(':');
  return colon < 0 ? `${id}:${text}` : `${id.slice(0, colon)}:${mergeOptionText(id.slice(colon + 1), text)}`;
}

/**
 * An option as text, such as `depth=3`, `lr=1e+2`, `guidance.rank=32` or `steps=[1,2,3]`: a setting of the recipe, or
 * an option of the method with the type of its default. Lists are JSON, or values between brackets, separated by
 * commas.
 *
 * @throws one sentence if the method has no such option, or if the value has the wrong type
 */
export function parseOption<O extends object>(
  definition: OptionFacts,
  text: string,
): GivenOptions<O> & Partial<Settings> {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  const leaves = optionLeaves(definition);
  for (const [name, standard] of recipeLeaves) leaves.set(name, { key: name, standard });
  const leaf = leaves.get(key);
  if (!leaf) throw unknownOption(definition.name, key, [...leaves.keys()]);
  const parsed = parseValue(value, leaf.standard);
  if (parsed === undefined) throw wrongValue(definition.name, leaf, value);
  return key.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), parsed) as GivenOptions<O>;
}

/** A value with the type of the default; undefined if it is not one. */
function parseValue(text: string, standard: OptionLeaf['standard']): unknown {
  if (typeof standard === 'string') return text;
  if (typeof standard === 'boolean') return { true: true, false: false }[text];
  if (typeof standard === 'number') return number(text);
  if (!Array.isArray(standard)) return json(text) ?? text;
  if (!/^\[.*\]$/s.test(text)) return undefined;
  const list = json(text);
  if (Array.isArray(list)) return list;
  const words = splitList(text.slice(1, -1)).map(word => (json(word) as string | undefined) ?? word);
  return typeof standard[0] === 'string' ? words.map(String) : words;
}

function number(text: string): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
