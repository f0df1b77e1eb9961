import type { Option } from 'commander';
import { type DescribedParser, oneOrMore, type ValueSchema } from './value-schema.js';

/** Which values an option takes in a config file. */
export function optionSchema(option: Option): ValueSchema {
  if (isSwitch(option)) return { type: 'boolean' };
  const described = option.parseArg as Partial<DescribedParser<unknown>> | undefined;
  if (described?.schema) return option.optional ? { anyOf: [{ type: 'boolean' }, described.schema] } : described.schema;
  if (option.argChoices) return { type: 'string', enum: option.argChoices };
  if (option.variadic) return oneOrMore({ type: 'string' });
  return option.optional ? { anyOf: [{ type: 'boolean' }, { type: 'string' }] } : { type: 'string' };
}

/** Whether an option is on or off, without a value of its own. */
export const isSwitch = (option: Option): boolean => !option.required && !option.optional;
