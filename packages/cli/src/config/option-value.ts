import type { Option } from 'commander';
import { isSwitch, optionSchema } from './option-schema.js';
import type { ValueSchema } from './value-schema.js';

/**
 * What an option's value in a config file means: what its own parser makes of it. Lists are text with commas between, as on the command line.
 *
 * @returns undefined for a switch that is left as it is without the option
 * @throws a sentence if the value is of another type, and what the option's parser throws
 */
export function optionValue(option: Option, value: unknown): unknown {
  const schema = optionSchema(option);
  if (!fits(schema, value)) throw new Error(`It must be ${wording(schema)}.`);
  if (isSwitch(option)) return value === option.negate ? undefined : value;
  if (typeof value === 'boolean') return value || undefined; // an option whose value may be left out
  if (option.variadic) return Array.isArray(value) ? value : [value];
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return option.parseArg ? option.parseArg(text, undefined) : text;
}

/** Whether a value has a schema's type; which of these are right, the option's parser knows. */
function fits({ anyOf, type, items }: ValueSchema, value: unknown): boolean {
  if (anyOf) return anyOf.some(one => fits(one, value));
  if (Array.isArray(value)) return type === 'array' && value.length > 0 && value.every(entry => fits(items!, entry));
  return typeof value === (type === 'integer' ? 'number' : type);
}

const words = {
  ...{ boolean: 'true or false', string: 'text', integer: 'a number', number: 'a number' },
  array: 'a list of one or more',
};

const wording = ({ anyOf, type }: ValueSchema): string => (anyOf ? anyOf.map(wording).join(', or ') : words[type!]);
