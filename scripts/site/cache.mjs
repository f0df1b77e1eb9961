import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { folders } from './folders.mjs';

/**
 * The cached result of `make` for the same facts and the same built packages, computing it if there is none.
 * @template T
 * @param {string} name of the cache
 * @param {unknown} facts everything else that the result depends on
 * @param {(folder: string) => Promise<T>} make folder: for its files, not created yet
 * @returns {Promise<{ value: T, folder: string, isNew: boolean }>}
 */
export async function cached(name, facts, make) {
  const sum = createHash('sha256').update(JSON.stringify([facts, packagesHash()]));
  const folder = join(folders.cache, name, sum.digest('hex').slice(0, 24));
  const file = `${folder}.json`;
  if (existsSync(file)) return { value: JSON.parse(readFileSync(file, 'utf8')), folder, isNew: false };
  const value = await make(folder);
  mkdirSync(join(folders.cache, name), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(value ?? null));
  renameSync(`${file}.new`, file);
  return { value, folder, isNew: true };
}

let hash;

/** Of all built files that run in Node. */
function packagesHash() {
  hash ??= hashOf('dist', file => file.endsWith('.js') && !file.startsWith('browser'));
  return hash;
}

/**
 * A hash of files of the published packages.
 * @param {string} part folder in each package
 * @param {(file: string) => boolean} isMeant
 */
export function hashOf(part, isMeant) {
  const sum = createHash('sha256');
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name, part);
    if (!existsSync(folder) || name === 'lab') continue;
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files.filter(isMeant)) sum.update(file).update(readFileSync(join(folder, file)));
  }
  return sum.digest('hex');
}
