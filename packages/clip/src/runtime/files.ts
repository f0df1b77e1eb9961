import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { copyFile, link, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { readTextSync } from '@dgprompt/io';

export { isFileName } from './file-name.js';

/** Whether a path is a file or a folder, links followed; undefined if there is nothing. */
export function pathKind(path: string): 'file' | 'folder' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && (found.isDirectory() ? 'folder' : 'file');
}

export const exists = (path: string): boolean => existsSync(path);

export const listNames = (folder: string): string[] => readdirSync(folder);

export const textOf = readTextSync;

/** @throws a sentence naming the file if it is a pipe, a device or a socket, or larger than `most` bytes */
export function requirePlain(path: string, most: number): void {
  const found = statSync(path);
  if (!found.isFile()) throw new Error(`${path} is not a plain file.`);
  if (found.size > most) throw new Error(`${path} has ${found.size} bytes, more than ${most}.`);
}

/** The path with all links followed; undefined if there is nothing. */
export function realPath(path: string): string | undefined {
  return existsSync(path) ? realpathSync(path) : undefined;
}

export const fileSize = (path: string): number => statSync(path).size;

/** Makes `path` another name of a file: a relative link, or whatever the file system supports instead. */
export async function linkTo(path: string, file: string): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true }); // a link whose file is gone
  await symlink(relative(dirname(path), file), path)
    .catch(() => link(file, path))
    .catch(() => copyFile(file, path));
}
