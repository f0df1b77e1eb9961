import type { Command, Option } from 'commander';
import { type CommandKeys, configKeys, sharing } from './config-keys.js';
import { optionSchema } from './option-schema.js';
import type { ValueSchema } from './value-schema.js';

/** The JSON Schema of an object with these keys and no others. */
export interface ObjectSchema {
  type: 'object';
  description?: string;
  additionalProperties: false;
  properties: Record<string, (ValueSchema & { description?: string; default?: unknown }) | ObjectSchema>;
}

/** The JSON Schema (draft 7) of a config file: what the program's commands and their options make of it. */
export function configSchema(program: Command): ObjectSchema & { $schema: string; title: string } {
  const { shared, commands } = configKeys(program);
  const forMany = [...shared].map(([key, option]) => {
    const schema = described(option);
    return [key, { ...schema, description: `${schema.description} (${sharing(commands, option).join(', ')})` }];
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'DgpromptConfig',
    type: 'object',
    description:
      'What stands at the top holds for every command that has the option, what stands below a command for that one. The command line wins.',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'path of this schema, for editors' },
      ...Object.fromEntries(forMany),
      ...sections(commands),
    },
  };
}

const sections = (commands: CommandKeys['commands']): ObjectSchema['properties'] =>
  Object.fromEntries([...commands].map(([key, keys]) => [key, sectionSchema(keys)]));

const sectionSchema = ({ command, options, commands }: CommandKeys): ObjectSchema => ({
  type: 'object',
  description: command.description(),
  additionalProperties: false,
  properties: {
    ...Object.fromEntries([...options].map(([key, option]) => [key, described(option)])),
    ...sections(commands),
  },
});

const described = (option: Option) => ({
  ...{ description: option.description, ...optionSchema(option) },
  ...(option.defaultValue !== undefined && { default: option.defaultValue as unknown }),
});
