import { statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

/** A file's size in bytes and modification time in milliseconds; undefined if it does not exist. */
export function fileState(path: string): { size: number; changed: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { size: found.size, changed: found.mtimeMs };
}

/** A file's path relative to a folder above it, with slashes. */
export const pathFrom = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

export const pathBelow = (folder: string | undefined, location: string): string => resolve(folder ?? '.', location);

/** The deepest folder above all files: ONNX Runtime reads from one folder only. Undefined if there is none. */
export function commonFolder(paths: readonly string[]): string | undefined {
  let folder = dirname(paths[0]!);
  for (const path of paths)
    for (;;) {
      const way = relative(folder, path);
      if (!way.startsWith('..') && !isAbsolute(way)) break;
      const up = dirname(folder);
      if (up === folder) return undefined;
      folder = up;
    }
  return folder;
}
