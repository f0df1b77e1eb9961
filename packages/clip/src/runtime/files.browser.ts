import { bytesIn, fileAt, kindAt, movePath, namesIn, posixPath, readTextSync } from '@dgprompt/io';

export { isFileName } from './file-name.js';

export const pathKind = kindAt;

export const exists = (path: string): boolean => kindAt(path) !== undefined;

export const listNames = namesIn;

export const textOf = readTextSync;

export function requirePlain(path: string, most: number): void {
  const size = fileSize(path);
  if (size > most) throw new Error(`${path} has ${size} bytes, more than ${most}.`);
}

export const realPath = (path: string): string | undefined => (exists(path) ? posixPath.resolve(path) : undefined);

export const fileSize = (path: string): number => bytesIn(fileAt(path));

export const linkTo = (path: string, file: string): Promise<void> => movePath(file, path);
