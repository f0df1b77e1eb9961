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
  checkType(optionSchema(option), value);
  if (isSwitch(option)) return value === option.negate ? undefined : value;
  if (value === true || value === false) return value || undefined; // an option whose value may be left out
  const list = Array.isArray(value);
  if (!option.parseArg || option.variadic) return list ? value : String(value);
  return option.parseArg(list ? value.join(',') : String(value), undefined);
}

function checkType({ type = 'string', items }: ValueSchema, value: unknown): void {
  const kinds = typeof type === 'string' ? [type] : type;
  if (!kinds.some(kind => is[kind](value)))
    throw new Error(`It must be ${kinds.map(kind => words[kind]).join(' or ')}.`);
  if (!Array.isArray(value)) return;
  if (value.length === 0) throw new Error('It must have one entry at least.');
  for (const entry of value) checkType(items ?? {}, entry);
}

const isNumber = (value: unknown) => typeof value === 'number';

const is = {
  boolean: (value: unknown) => typeof value === 'boolean',
  string: (value: unknown) => typeof value === 'string',
  integer: isNumber, // which ones, the option's parser knows
  number: isNumber,
  array: Array.isArray,
};

const words = { boolean: 'true or false', string: 'text', integer: 'a number', number: 'a number', array: 'a list' };
