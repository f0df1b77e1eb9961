import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The room that a folder takes on disk, as `du -m` counts it: links are not followed, each file counts once. */
export function megabytes(folder) {
  const seen = new Set();
  let bytes = 0;
  for (const name of ['.', ...readdirSync(folder, { recursive: true })]) {
    const { blocks, size, ino, nlink } = lstatSync(join(folder, name));
    if (nlink > 1 && seen.has(ino)) continue;
    seen.add(ino);
    bytes += blocks === undefined ? size : 512 * blocks;
  }
  return Math.ceil(bytes / 2 ** 20);
}
