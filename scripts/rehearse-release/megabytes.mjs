import { lstatSync } from 'node:fs';
import { filesBelow } from '../files-below.mjs';

/** The size of a folder on disk, as `du -m` counts it: each file counts once. */
export function megabytes(folder) {
  const seen = new Set();
  let bytes = 0;
  for (const path of filesBelow(folder)) {
    const { blocks, size, ino, nlink } = lstatSync(path);
    if (nlink > 1 && seen.has(ino)) continue;
    seen.add(ino);
    bytes += blocks === undefined ? size : 512 * blocks;
  }
  return Math.ceil(bytes / 2 ** 20);
}
