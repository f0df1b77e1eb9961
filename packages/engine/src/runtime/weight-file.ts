import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '@dgprompt/io';
import type { WeightFile } from './weight-file-type.js';

export type { WeightFile } from './weight-file-type.js';

/** In milliseconds. Sessions are created within minutes: an older file was left behind by a killed process. */
const OLD = 3_600_000;

/** The name of weight files in their folders. */
export const WEIGHTS = 'weights';

/** Makes a folder with one file: in the cache, or among temporary files if the cache is not writable. */
export function newWeightFile(): WeightFile {
  const folder = newFolder();
  const path = join(folder, WEIGHTS);
  const file = openSync(path, 'wx');
  let end = 0;
  return {
    folder,
    path,
    add(bytes) {
      const offset = end;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, end + done);
      end += 64 * Math.ceil(bytes.length / 64);
      return { offset, length: bytes.length };
    },
    close: () => closeSync(file),
  };
}

/** Removes a file that was read; Windows keeps files that are in use, which the next process removes. */
export function removeWeightFile(path: string): void {
  try {
    rmSync(join(path, '..'), { recursive: true, force: true });
  } catch {}
}

function newFolder(): string {
  const parent = join(cacheFolder(), 'int8');
  try {
    mkdirSync(parent, { recursive: true });
    removeOld(parent);
    return mkdtempSync(join(parent, 'session-'));
  } catch {
    return mkdtempSync(join(tmpdir(), 'dgprompt-int8-'));
  }
}

function removeOld(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name, WEIGHTS);
    const { mtimeMs = Number.POSITIVE_INFINITY } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > OLD) removeWeightFile(path);
  }
}
