import type { PillowVersion } from '@dgprompt/images';
import { Command } from 'commander';
import { type Config, configFor, methodsIn } from './config/check-config.js';
import {
  type AnyCommand,
  type ArgumentList,
  type ArgumentValues,
  type CommandTree,
  isGroup,
  kebabCase,
} from './options/command.js';
import { addOptions, optionValues } from './options/commander.js';
import { helpEnding, helpLayout } from './options/help-text.js';
import type { OptionTable } from './options/option.js';
import { UsageError } from './usage-error.js';

/** Shared by all commands of a program. */
export interface Surroundings {
  /** The config file's content; read when a command runs. */
  config(): Promise<Config>;
  /** Hides these commands from `--help`. */
  hidden?: boolean;
  /** Called after a command, with its options. */
  done?(options: Record<string, unknown>): Promise<void>;
}

/** Adds commands to a program or to one of its groups. @param path keys of the parent groups */
export function buildCommands(
  parent: Command,
  tree: CommandTree,
  shared: OptionTable,
  surroundings: Surroundings,
  path: readonly string[] = [],
): void {
  for (const [key, spec] of Object.entries(tree)) {
    const command = new Command(kebabCase(key)).description(spec.description).configureHelp(helpLayout);
    if (spec.summary !== undefined) command.summary(spec.summary);
    if (isGroup(spec)) buildCommands(command, spec.commands, shared, surroundings, [...path, key]);
    else {
      for (const [name, help] of (spec.arguments ?? []) as ArgumentList) command.argument(name, help);
      addOptions(command, spec.options);
      command.action((...given: unknown[]) =>
        runCommand(spec, command, given.slice(0, -2) as ArgumentValues<ArgumentList>[number][], shared, surroundings, [
          ...path,
          key,
        ]),
      );
    }
    command.addHelpText('after', () => helpEnding(command, spec.examples, spec.notes));
    parent.addCommand(command, { hidden: surroundings.hidden ?? false });
  }
}

async function runCommand(
  spec: AnyCommand,
  command: Command,
  values: ArgumentValues<ArgumentList>[number][],
  shared: OptionTable,
  { config: readConfig, done }: Surroundings,
  path: readonly string[],
): Promise<void> {
  const config = await readConfig();
  const given = configFor(config, path, spec.options, shared);
  const options = optionValues(command, spec.options, given);
  try {
    if ('pillow' in spec.options) {
      const { usePillow } = await import('@dgprompt/images');
      usePillow(options.pillow as PillowVersion | undefined);
    }
    await spec.action(options, values, { configFile: config.file, methods: methodsIn(config) });
  } catch (error) {
    const keys = new Set(
      Object.keys(given).filter(key => !['cli', 'env'].includes(command.getOptionValueSource(key) ?? '')),
    );
    if ('set' in spec.options && Object.keys(methodsIn(config)).length > 0) keys.add('methods');
    if (!(error instanceof UsageError) || keys.size === 0) throw error;
    const noted = new UsageError(error.message, { cause: error });
    noted.note = `(${config.file} sets ${[...keys].join(', ')}.)`;
    throw noted;
  }
  await done?.(options);
}
