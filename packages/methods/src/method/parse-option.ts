import { unknownName } from '@dgprompt/io';
import { recipeKeys, type Settings } from './options.js';
import type { MethodDefinition } from './types.js';

/**
 * An option as text, `depth=3` or `lr=0.01`: a number of training, or an option of the method in the type of its standard value. Lists are
 * written as JSON.
 * @throws a sentence if the method has no such option, or if the value is of another type
 */
export function parseOption<O extends object>(
  { name, options }: MethodDefinition<O>,
  text: string,
): Partial<O & Settings> {
  const [key, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
  const known = { ...options, ...Object.fromEntries(recipeKeys.map(one => [one, 0])) } as Record<string, unknown>;
  if (!Object.hasOwn(known, key)) throw new Error(unknownName(`option of ${name}`, key, Object.keys(known)));
  return { [key]: parsed(value, known[key], `${name}: ${text}`) } as Partial<O & Settings>;
}

function parsed(value: string, standard: unknown, place: string): unknown {
  if (typeof standard === 'string') return value;
  if (typeof standard === 'boolean') {
    if (value === 'true' || value === 'false') return value === 'true';
    throw new Error(`${place}: the value must be true or false.`);
  }
  if (typeof standard === 'number') {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return number;
    throw new Error(`${place}: the value must be a number, such as ${standard}.`);
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new Error(`${place}: the value must be written as JSON, such as ${JSON.stringify(standard)}.`);
  }
}
