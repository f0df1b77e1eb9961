import { bytesIn, fileAt, kindAt, posixPath } from '@dgprompt/io';

export function fileState(path: string): { size: number; changed: number } | undefined {
  if (kindAt(path) !== 'file') return undefined;
  const file = fileAt(path);
  return { size: bytesIn(file), changed: file.version };
}

/** Paths from the root. */
export const pathFrom = (_folder: string, path: string): string => posixPath.resolve(path).slice(1);

export const pathBelow = (folder: string | undefined, location: string): string =>
  posixPath.resolve(folder ?? '/', location);

/** None: weights become part of the model, since sessions read no files. */
export const commonFolder = (_paths: readonly string[]): string | undefined => undefined;
