import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { loadModule } from '@dgprompt/bench/methods';

/** Names that a config file may have; it lies where the command is run. */
const fileNames = ['ts', 'js', 'mjs', 'json'].map(ending => `dgprompt.config.${ending}`);

/**
 * The config file of the current folder, if there is one.
 * @throws a sentence if there are several
 */
export function findConfig(): string | undefined {
  const found = fileNames.filter(name => existsSync(name));
  if (found.length > 1) throw new Error(`Here are ${found.join(' and ')}: keep one, or name one with --config.`);
  return found[0];
}

/**
 * What a config file holds: JSON, or what a module exports as its default.
 * @throws a sentence with the file's name if it cannot be read
 */
export async function readConfig(path: string): Promise<unknown> {
  if (extname(path) !== '.json') return defaultOf(path, await loadModule(path, 'a config'));
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${cause.code}): give the path of a config file.`, { cause });
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Error(`${path} is not JSON: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}

/** A module's default export; one that was compiled to CommonJS wraps it once more. */
function defaultOf(path: string, exported: Record<string, unknown>): unknown {
  if (!('default' in exported)) throw new Error(`${path} has no default export: write export default { … }.`);
  const value = exported.default;
  const isWrapped = typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
  return isWrapped ? value.default : value;
}
