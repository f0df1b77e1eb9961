import { type Command, Option } from 'commander';
import { checkConfig } from './check-config.js';
import type { ConfigKeys } from './config-keys.js';

/**
 * Gives the options of commands what a config file says. The environment and the command line are read later, and win.
 * @throws a sentence with file and key for what is unknown or wrong
 */
export function applyConfig(keys: ConfigKeys, file: string, content: unknown): void {
  for (const { command, option, value } of checkConfig(keys, file, content)) {
    if (value === undefined) continue;
    if (option.variadic) option.default(value); // what stands on the command line comes in its place, not after it
    if (!option.required && !option.negate) addOffSwitch(command, option);
    command.setOptionValueWithSource(option.attributeName(), value, 'config');
  }
}

/** The command line can take back what the file switched on: `--no-json`. */
function addOffSwitch(command: Command, option: Option): void {
  const key = option.attributeName();
  command.addOption(new Option(`--no-${option.name()}`).hideHelp());
  command.hook('preAction', () => {
    if (command.getOptionValue(key) === false) command.setOptionValue(key, undefined);
  });
}
