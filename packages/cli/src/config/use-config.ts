import type { Command } from 'commander';
import { applyConfig } from './apply-config.js';
import { findConfig, readConfig } from './config-file.js';
import { configKeys } from './config-keys.js';

/** Gives a program the option `--config`; a config file, named or found, then stands behind the command line of its commands. */
export function useConfig(program: Command): Command {
  return program
    .option('--config <file>', 'default: dgprompt.config.ts, .js, .mjs or .json here')
    .hook('preSubcommand', async (_, command) => {
      if (!program.createHelp().visibleCommands(program).includes(command)) return; // its options come from a program
      if (program.args.some(argument => argument === '--help' || argument === '-h')) return;
      try {
        const file = program.opts<{ config?: string }>().config ?? findConfig();
        if (file === undefined) return;
        applyConfig(configKeys(program), file, await readConfig(file));
        program.setOptionValue('config', file);
      } catch (error) {
        program.error(`error: ${(error as Error).message}`, { exitCode: 2 });
      }
    });
}

/** For an error that may lie in the config file: which options of a command it set. Nothing if it set none. */
export function fromConfig(command: Command): string | undefined {
  const keys = command.options
    .map(option => option.attributeName())
    .filter(key => command.getOptionValueSource(key) === 'config');
  if (keys.length === 0) return undefined;
  return `${command.optsWithGlobals<{ config: string }>().config} sets ${keys.join(', ')}.`;
}
