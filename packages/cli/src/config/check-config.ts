import { unknownName } from '@dgprompt/io';
import type { z } from 'zod';
import { type CommandTree, isGroup, type MethodSections } from '../options/command.js';
import type { OptionTable } from '../options/option.js';
import { configSchema, isSame } from './schema.js';

/** A config file that has been checked. */
export interface Config {
  file?: string;
  content: Readonly<Record<string, unknown>>;
}

/**
 * Checks the content of a config file for every command.
 * @param file its name, for errors
 * @throws a sentence with file and key for an unknown key or a wrong value
 */
export function checkConfig(commands: CommandTree, shared: OptionTable, file: string, content: unknown): Config {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new Error(`${file} must hold an object, such as { "bench": { "seeds": [1, 2, 3] } }.`);
  const { error } = configSchema(commands, shared).safeParse(content);
  if (error) throw new Error(`${file}: ${sentence(error.issues[0]!, content, commands, shared)}`);
  return { file, content: content as Config['content'] };
}

/** The config of a command: its own section, then the shared top-level keys. */
export function configFor(
  { content }: Config,
  path: readonly string[],
  options: OptionTable,
  shared: OptionTable,
): Record<string, unknown> {
  const section = path.reduce<unknown>((inner, key) => ownValue(inner, key), content);
  const common = Object.entries(content).filter(
    ([key]) => Object.hasOwn(shared, key) && Object.hasOwn(options, key) && isSame(shared[key]!, options[key]),
  );
  const own = Object.entries(section ?? {}).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(common), ...Object.fromEntries(own) };
}

/** The section `methods` of a config file. */
export const methodsIn = ({ content }: Config): MethodSections =>
  (ownValue(content, 'methods') ?? {}) as MethodSections;

const ownValue = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

function sentence(issue: z.core.$ZodIssue, content: object, commands: CommandTree, shared: OptionTable): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return unknownKey(issue.keys[0]!, path, commands, shared);
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], content);
  return `${path.join('.')} ${JSON.stringify(value) ?? `(a ${typeof value})`} is invalid. ${issue.message}`;
}

function unknownKey(key: string, path: string[], commands: CommandTree, shared: OptionTable): string {
  if (path.length === 0) {
    const owner = Object.entries(commands).find(([, one]) => !isGroup(one) && Object.hasOwn(one.options, key))?.[0];
    if (owner !== undefined) return `Unknown key "${key}". It belongs below a command: "${owner}": { "${key}": … }.`;
    return unknownName('key', key, [...Object.keys(commands), ...Object.keys(shared), 'methods']);
  }
  const section = path.reduce<CommandTree>((tree, name) => keysBelow(tree[name]), commands);
  return unknownName(`${path.join('.')} key`, key, Object.keys(section));
}

const keysBelow = (one: CommandTree[string] | undefined): CommandTree =>
  one === undefined ? {} : isGroup(one) ? one.commands : one.options;
