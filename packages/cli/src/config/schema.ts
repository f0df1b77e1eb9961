import { z } from 'zod';
import { type AnyCommand, type CommandGroup, type CommandTree, isGroup } from '../options/command.js';
import type { OptionSpec, OptionTable } from '../options/option.js';

/** A config file's section for one command, or for the commands of a group. */
type Section<C> = C extends { commands: infer Inner extends CommandTree }
  ? z.ZodObject<Sections<Inner>>
  : C extends { options: infer O extends OptionTable }
    ? z.ZodObject<Keys<O>>
    : never;

type Sections<C extends CommandTree> = {
  [K in keyof C]: z.ZodOptional<Section<C[K]>>;
};

type Keys<O extends OptionTable> = { [K in keyof O]: z.ZodOptional<O[K]['schema']> };

/** The schema of a config file: shared options, then a section per command with all of its options. */
export type ConfigSchema<C extends CommandTree, S extends OptionTable> = z.ZodObject<
  { $schema: z.ZodOptional<z.ZodString>; methods: z.ZodOptional<typeof methods> } & Keys<S> & Sections<C>,
  z.core.$strict
>;

const methodError = 'It must be an object of options, such as { "maple": { "lr": 0.01 } }.';
const methods = z.record(z.string(), z.record(z.string(), z.json(), { error: methodError }), { error: methodError });

/** @param shared options allowed at the top level */
export const configSchema = <C extends CommandTree, S extends OptionTable>(commands: C, shared: S) =>
  z.strictObject({
    $schema: z.string().optional().describe('path of this schema, for editors'),
    ...keysOf(shared, (key, spec) => `${spec.help} (${sharing(commands, key, spec).join(', ')})`),
    methods: methods
      .optional()
      .describe('options of methods, wherever a command takes methods: { "maple": { "lr": 0.01 } }'),
    ...sectionsOf(commands),
  }) as ConfigSchema<C, S>;

/** Whether two commands share an option, even if its help text differs. */
export const isSame = (option: OptionSpec, other: OptionSpec | undefined): boolean =>
  other !== undefined && option.schema === other.schema && option.flags === other.flags;

/** The top-level commands that have an option themselves or in a subcommand. */
export const sharing = (commands: CommandTree, key: string, option: OptionSpec): string[] =>
  Object.entries(commands)
    .filter(([, one]) => everyCommand(one).some(({ options }) => isSame(option, (options as OptionTable)[key])))
    .map(([name]) => name);

const everyCommand = (one: AnyCommand | CommandGroup): AnyCommand[] =>
  isGroup(one) ? Object.values(one.commands).flatMap(everyCommand) : [one];

const keysOf = <O extends OptionTable>(options: O, describe: (key: string, spec: OptionSpec) => string): Keys<O> =>
  Object.fromEntries(
    Object.entries(options).map(([key, spec]) => [key, spec.schema.optional().describe(describe(key, spec))]),
  ) as Keys<O>;

function sectionsOf<C extends CommandTree>(commands: C): Sections<C> {
  const sections = Object.entries(commands).map(([key, one]) => {
    const keys = isGroup(one) ? sectionsOf(one.commands) : keysOf(one.options as OptionTable, (_, { help }) => help);
    return [key, z.strictObject(keys, { error: notAnObject }).optional().describe(one.description)];
  });
  return Object.fromEntries(sections) as Sections<C>;
}

/** Unknown keys have their own message. */
const notAnObject: z.core.$ZodErrorMap = issue => (issue.code === 'invalid_type' ? 'It must be an object.' : undefined);
