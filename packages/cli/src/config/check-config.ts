import { unknownName } from '@dgprompt/io';
import type { Command, Option } from 'commander';
import { type CommandKeys, type ConfigKeys, every, isSame } from './config-keys.js';
import { optionValue } from './option-value.js';

/** What a config file gives an option of a command; undefined leaves a switch off. */
export interface Given {
  command: Command;
  option: Option;
  value: unknown;
}

/**
 * What a config file gives to options: keys at its top to every command that has just this option, keys below a command's name to that
 * command, whatever stands at the top.
 *
 * @param file its name, for errors
 * @throws a sentence with file and key for what is unknown or wrong, also of commands that are not run
 */
export function checkConfig(keys: ConfigKeys, file: string, content: unknown): Given[] {
  const given = new Map<Option, Given>();
  const sections: [string, CommandKeys, unknown][] = [];
  for (const [key, value] of entries(file, '', content)) {
    const [option, section] = [keys.shared.get(key), keys.commands.get(key)];
    if (section) sections.push([key, section, value]);
    else if (option) share(option, checked(file, key, option, value));
    else if (key !== '$schema') throw new Error(`${file}: ${unknownAtTop(key, keys)}`);
  }
  for (const section of sections) addSection(...section);
  return [...given.values()];

  function share(option: Option, value: unknown): void {
    const key = option.attributeName();
    for (const { command, options } of [...keys.commands.values()].flatMap(every)) {
      const own = options.get(key);
      if (own && isSame(option, own)) given.set(own, { command, option: own, value });
    }
  }

  function addSection(path: string, { command, options, commands }: CommandKeys, content: unknown): void {
    for (const [key, value] of entries(file, path, content)) {
      const [option, section] = [options.get(key), commands.get(key)];
      const whole = `${path}.${key}`;
      if (section) addSection(whole, section, value);
      else if (option) given.set(option, { command, option, value: checked(file, whole, option, value) });
      else throw new Error(`${file}: ${unknownName(`${path} key`, key, names(options, commands))}`);
    }
  }
}

function checked(file: string, path: string, option: Option, value: unknown): unknown {
  try {
    return optionValue(option, value);
  } catch (error) {
    throw new Error(`${file}: ${path} ${shown(value)} is invalid. ${(error as Error).message}`);
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? `(a ${typeof value})`;

function entries(file: string, path: string, content: unknown): [string, unknown][] {
  if (typeof content === 'object' && content !== null && !Array.isArray(content))
    return Object.entries(content).filter(([, value]) => value !== undefined);
  throw new Error(
    path === ''
      ? `${file} must hold an object, such as { "bench": { "seeds": [1, 2, 3] } }.`
      : `${file}: ${path} ${shown(content)} is invalid. It must be an object.`,
  );
}

function unknownAtTop(key: string, { shared, commands }: ConfigKeys): string {
  const owner = [...commands].find(([, { options }]) => options.has(key))?.[0];
  if (owner === undefined) return unknownName('key', key, names(commands, shared));
  return `Unknown key "${key}". It belongs below a command: "${owner}": { "${key}": … }.`;
}

const names = (...maps: ReadonlyMap<string, unknown>[]): string[] => maps.flatMap(map => [...map.keys()]);
