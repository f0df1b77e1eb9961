import { splitList, unknownName } from '@dgprompt/io';
import { z } from 'zod';

/** A setting of a command: a flag, a config-file key, and the values that both accept. */
export interface OptionSpec<S extends z.ZodType = z.ZodType> {
  /** In commander's syntax, `--seeds <numbers>`; the camel-cased name is the config-file key. */
  flags: string;
  help: string;
  /** Values as in a config file. Text from the command line is first converted to a number or a list. */
  schema: S;
  /** Environment variable that takes precedence over the config file. */
  env?: string;
  /** The default as displayed by `--help`. */
  defaultText?: string;
  /** The flag can be repeated; its values form a list. */
  repeat?: true;
}

/** Options by key. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The option values that a command gets. */
export type Values<O extends OptionTable> = z.output<z.ZodObject<{ [K in keyof O]: O[K]['schema'] }>>;

/** Defines an option, inferring the type of its schema. */
export const option = <S extends z.ZodType>(
  flags: string,
  help: string,
  schema: S,
  more: Pick<OptionSpec, 'env' | 'defaultText' | 'repeat'> = {},
): OptionSpec<S> => ({ flags, help, schema, ...more });

/** The same option with a different help text for one command; a config file treats both as the same. */
export const reworded = <S extends z.ZodType>(same: OptionSpec<S>, help: string): OptionSpec<S> => ({ ...same, help });

/** Any text. */
export const text = z.string({ error: 'It must be text.' });

/** On or off. */
export const flag = z
  .boolean({ error: 'It must be true or false.' })
  .transform((on): true | undefined => on || undefined)
  .optional();

/** An integer from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  const error = `It must be a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A number that may be omitted: the flag alone means 0. */
export function flagOrNumber(least: number, most: number) {
  const error = `It must be a whole number from ${least} to ${most}, or true or false.`;
  return z
    .union([z.boolean(), wholeNumber(least, most)], { error })
    .transform(given => (given === true ? 0 : given === false ? undefined : given))
    .optional();
}

/** A finite number above 0. */
export const positive = z
  .number({ error: 'It must be a number above 0.' })
  .positive({ error: 'It must be a number above 0.' });

/** One of a few names; the error for any other name suggests the nearest. */
export const oneOf = <const T extends readonly string[]>(kind: string, known: T) =>
  z.enum(known, { error: ({ input }) => unknownName(kind, String(input), known) });

/** One or more of `item`, without duplicates. @param what an item is, for errors: `a number above 0` */
export const list = <T extends z.ZodType<number>>(item: T, what: string) =>
  oneOrMore(item, `It must be ${what}, or a list of one or more, with commas between.`).transform(all => [
    ...new Set(all),
  ]);

/** One or more names, without duplicates. Commas separate, except inside brackets and quotes. */
export const names = oneOrMore(z.string().min(1), 'It must be one or more names, with commas between.').transform(
  (given, context) => {
    const all = given.flatMap(part => splitList(part));
    if (all.includes('')) context.addIssue('It must be names with commas between.');
    return [...new Set(all)];
  },
);

/** One or more arguments, unchanged. */
export const texts = oneOrMore(z.string(), 'It must be text, or a list of one or more.');

function oneOrMore<T extends z.ZodType>(item: T, error: string) {
  const accepted = z.union([item, z.array(item).min(1, { error })], { error });
  return accepted.transform(given => [given].flat() as z.output<T>[]);
}

/** Seed of a random number generator. */
export const seed = wholeNumber(0, 2 ** 31 - 1);

/** All names of a union type. @param all an object with every name as a key, so that the compiler misses none */
export const namesOf = <T extends string>(all: Readonly<Record<T, 0>>): readonly T[] => Object.keys(all) as T[];
