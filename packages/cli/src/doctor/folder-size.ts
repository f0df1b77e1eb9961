import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The size of a folder. */
export interface FolderSize {
  bytes: number;
  /** False if time ran out before everything was counted. */
  whole: boolean;
}

/**
 * Adds up the file sizes in a folder, recursively. Links are not followed; unreadable files count as 0.
 * @param deadline on the clock of `performance.now()`
 */
export async function folderSize(path: string, deadline: number): Promise<FolderSize> {
  const waiting = [path];
  let bytes = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (performance.now() > deadline) return { bytes, whole: false };
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const files: string[] = [];
    for (const entry of entries) (entry.isDirectory() ? waiting : files).push(join(folder, entry.name));
    for (const size of await Promise.all(files.map(sizeOf))) bytes += size;
  }
  return { bytes, whole: true };
}

const sizeOf = (file: string): Promise<number> =>
  lstat(file).then(
    ({ size }) => size,
    () => 0,
  );
