import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { readText } from '@dgprompt/io';
import type { CommandTree } from '../options/command.js';
import type { OptionTable } from '../options/option.js';
import { usage } from '../usage-error.js';
import { type Config, checkConfig } from './check-config.js';

/** Valid names of a config file in the working directory. */
const fileNames = ['ts', 'js', 'mjs', 'json'].map(ending => `dgprompt.config.${ending}`);

/**
 * The checked config file; an empty one if there is none.
 * @param named the file of `--config`
 * @throws UsageError if the file cannot be read or is invalid, or if there are several
 */
export async function readCheckedConfig(
  commands: CommandTree,
  shared: OptionTable,
  named: string | undefined,
): Promise<Config> {
  const read = async () => {
    const file = named ?? findConfig();
    return file === undefined ? { content: {} } : checkConfig(commands, shared, file, await readConfig(file));
  };
  return read().catch(usage);
}

function findConfig(): string | undefined {
  const found = fileNames.filter(name => existsSync(name));
  if (found.length > 1) throw new Error(`This folder has ${found.join(' and ')}: keep one, or name one with --config.`);
  return found[0];
}

/** The content of a config file: JSON, or a module's default export. */
async function readConfig(path: string): Promise<unknown> {
  if (extname(path) !== '.json') {
    const { loadModule } = await import('@dgprompt/bench/methods');
    return defaultOf(path, await loadModule(path, 'a config'));
  }
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === undefined) throw cause;
    throw new Error(`${path} cannot be read (${cause.code}): give the path of a config file.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}

/** A module's default export; modules compiled to CommonJS wrap it twice. */
function defaultOf(path: string, exported: Record<string, unknown>): unknown {
  if (!('default' in exported)) throw new Error(`${path} has no default export: write export default { … }.`);
  const value = exported.default;
  const isWrapped = typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
  return isWrapped ? value.default : value;
}
