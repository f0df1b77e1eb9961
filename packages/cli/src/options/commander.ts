import { splitList } from '@dgprompt/io';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { UsageError } from '../usage-error.js';
import type { OptionSpec, OptionTable } from './option.js';

/** Adds options to a command, and hidden switches such as `--no-json` that turn off what a config file turns on. */
export function addOptions(command: Command, table: OptionTable): void {
  for (const spec of Object.values(table)) {
    const option = new Option(spec.flags, spec.help);
    const standard = spec.schema.safeParse(undefined).data;
    if (standard !== undefined) option.default(standard, spec.defaultText);
    if (spec.env !== undefined) option.env(spec.env);
    if (option.variadic || spec.repeat)
      option.argParser((value, before: string[] | undefined) => [...(before ?? []), value]);
    else if (!option.isBoolean()) option.argParser(value => fromCommandLine(spec, value));
    command.addOption(option);
    if (!option.required) command.addOption(new Option(`--no-${option.name()}`).hideHelp());
  }
}

/**
 * The values of a command's options: from the command line or the environment, else from the config file, else the
 * defaults.
 * @param config the validated config for this command
 * @throws UsageError if a required option is missing
 */
export function optionValues(command: Command, table: OptionTable, config: Record<string, unknown>) {
  const values: Record<string, unknown> = {};
  for (const [key, spec] of Object.entries(table)) {
    const source = command.getOptionValueSource(key);
    const isTyped = source === 'cli' || source === 'env';
    const given: unknown = isTyped ? command.getOptionValue(key) : config[key];
    if (isTyped && typeof given !== 'boolean')
      values[key] = given; // already parsed
    else {
      const { success, data } = spec.schema.safeParse(given);
      if (!success) throw new UsageError(`required option '${spec.flags}' not specified`);
      if (data !== undefined) values[key] = data;
    }
  }
  return values;
}

/** Parses text with a schema. @throws InvalidArgumentError with the schema's sentence */
function fromCommandLine({ schema }: OptionSpec, value: string): unknown {
  const { success, data, error } = schema.safeParse(valueFrom(schema, value));
  if (success) return data;
  throw new InvalidArgumentError(error.issues[0]!.message);
}

/** Converts text to the config-file value: a number, a list of numbers, or the text itself. */
function valueFrom(schema: z.ZodType, value: string): unknown {
  const accepted = alternatives(schema);
  if (!accepted.some(isNumber)) return value;
  return accepted.some(one => one instanceof z.ZodArray) ? splitList(value).map(toNumber) : toNumber(value);
}

const isNumber = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodNumber ||
  (schema instanceof z.ZodLiteral && [...schema.values].every(one => typeof one === 'number'));

const toNumber = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** The schemas of a union; an input must match one of them. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return alternatives(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return alternatives(schema.def.in);
  return schema instanceof z.ZodUnion ? schema.def.options.flatMap(alternatives) : [schema];
}
