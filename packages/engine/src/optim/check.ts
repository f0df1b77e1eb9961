import { unknownName } from '@dgprompt/io';

/** A requirement on a value, in words that follow "must be", and its check. */
export interface Rule {
  words: string;
  holds(value: unknown): boolean;
}

const number = (words: string, holds: (x: number) => boolean): Rule => ({
  words,
  holds: value => typeof value === 'number' && Number.isFinite(value) && holds(value),
});

export const atLeastZero = number('a number of at least 0', x => x >= 0);
export const aboveZero = number('a number above 0', x => x > 0);
export const belowOne = number('a number of at least 0 and below 1', x => x >= 0 && x < 1);
export const share = number('a number from 0 to 1', x => x >= 0 && x <= 1);
export const count = number('a whole number of at least 1', x => Number.isInteger(x) && x >= 1);
export const countOrZero = number('a whole number of at least 0', x => Number.isInteger(x) && x >= 0);
export const truth: Rule = { words: 'true or false', holds: value => typeof value === 'boolean' };
export const oneOf = (...known: readonly string[]): Rule => ({
  words: known.map(name => `"${name}"`).join(' or '),
  holds: value => known.includes(value as string),
});

/**
 * Settings with missing values filled in from `defaults`.
 *
 * @param of the owner of the settings, for errors
 * @param rules one for every setting
 * @throws one sentence for a setting that does not exist, is missing or has a value that breaks its rule
 */
export function filled(
  of: string,
  settings: object,
  defaults: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  for (const key of Object.keys(given))
    if (!Object.hasOwn(rules, key)) throw new Error(unknownName(`setting of ${of}`, key, Object.keys(rules)));
  const all = { ...defaults, ...given };
  for (const [key, { words, holds }] of Object.entries(rules)) {
    const value = all[key];
    if (value === undefined && !Object.hasOwn(defaults, key)) throw new Error(`${of} needs ${key}, ${words}.`);
    if (value !== undefined && !holds(value))
      throw new Error(
        `${of}: ${key} must be ${words}, not ${typeof value === 'number' ? value : JSON.stringify(value)}.`,
      );
  }
  return all;
}
