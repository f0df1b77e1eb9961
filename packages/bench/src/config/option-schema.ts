import type { Option } from 'commander';
import type { DescribedParser, ValueSchema } from './value-schema.js';

/** Which values an option takes in a config file. */
export function optionSchema(option: Option): ValueSchema {
  if (isSwitch(option)) return { type: 'boolean' };
  const described = option.parseArg as Partial<DescribedParser<unknown>> | undefined;
  if (described?.schema) return described.schema;
  if (option.argChoices) return { enum: option.argChoices };
  if (option.variadic) return { type: 'array', items: { type: 'string' }, minItems: 1 };
  return option.optional ? { type: ['boolean', 'string'] } : { type: 'string' };
}

/** Whether an option is on or off, without a value of its own. */
export const isSwitch = (option: Option): boolean => !option.required && !option.optional;
