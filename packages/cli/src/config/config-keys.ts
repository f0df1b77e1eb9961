import type { Command, Option } from 'commander';
import { commonOptions } from '../options.js';

/** What a config file may say of a command. */
export interface CommandKeys {
  command: Command;
  options: ReadonlyMap<string, Option>;
  commands: ReadonlyMap<string, CommandKeys>;
}

/** What a config file may say. */
export interface ConfigKeys {
  /** Options that hold for each command that has them just so. */
  shared: ReadonlyMap<string, Option>;
  commands: ReadonlyMap<string, CommandKeys>;
}

/**
 * The keys of a config file, read off the program: names of options and commands in camel case. Hidden ones are left out.
 * @param common options that may stand at the top
 */
export function configKeys(program: Command, common: readonly Option[] = commonOptions()): ConfigKeys {
  const shared = new Map(common.map(option => [option.attributeName(), option]));
  return { shared, commands: commandsOf(program) };
}

/** The commands that have just this option, they or one below them. */
export const sharing = (commands: ConfigKeys['commands'], option: Option): string[] =>
  [...commands]
    .filter(([, keys]) => every(keys).some(({ options }) => isSame(option, options.get(option.attributeName()))))
    .map(([name]) => name);

/** Whether two commands have the same option: the same flags and default, though each may have its own words for it. */
export const isSame = (option: Option, other: Option | undefined): boolean =>
  other !== undefined && essence(option) === essence(other);

const essence = ({ flags, defaultValue }: Option) => JSON.stringify([flags, defaultValue]);

function commandsOf(parent: Command): Map<string, CommandKeys> {
  const help = parent.createHelp();
  const visible = help.visibleCommands(parent).filter(command => parent.commands.includes(command));
  return new Map(visible.map(command => [camelCase(command.name()), keysOf(command)]));
}

function keysOf(command: Command): CommandKeys {
  const options = command.options.filter(({ hidden }) => !hidden);
  return {
    command,
    options: new Map(options.map(option => [option.attributeName(), option])),
    commands: commandsOf(command),
  };
}

/** Keys of a command and of all commands below it. */
export const every = (keys: CommandKeys): CommandKeys[] => [keys, ...[...keys.commands.values()].flatMap(every)];

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
