import { access, mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';

/**
 * The system's code of an error, such as `ENOENT`; undefined for other errors.
 *
 * @example
 * ```ts
 * import { errorCode, readText } from '@dgprompt/io';
 *
 * console.log(await readText('no-such-file').catch(errorCode)); // ENOENT
 * ```
 */
export const errorCode = (cause: unknown): string | undefined => {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

/**
 * Reads a text file (UTF-8).
 *
 * @throws the system's error if the file cannot be read
 *
 * @example
 * ```ts
 * import { readText } from '@dgprompt/io';
 *
 * console.log(await readText('no-such-file').catch(error => error.code)); // ENOENT
 * ```
 */
export const readText = (path: string): Promise<string> => readFile(path, 'utf8');

/**
 * Reads a whole file.
 *
 * @throws the system's error if the file cannot be read
 *
 * @example
 * ```ts
 * import { readBytes } from '@dgprompt/io';
 *
 * console.log(await readBytes('no-such-file').catch(error => error.code)); // ENOENT
 * ```
 */
export const readBytes = (path: string): Promise<Uint8Array> => readFile(path);

/**
 * Whether there is a file or folder at a path; a link counts if its target exists.
 *
 * @example
 * ```ts
 * import { pathExists } from '@dgprompt/io';
 *
 * console.log(await pathExists('.'), await pathExists('no-such-file')); // true false
 * ```
 */
export const pathExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Makes a folder and those above it; a folder that exists is left as it is.
 *
 * @throws the system's error
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, makeFolder, pathExists } from '@dgprompt/io';
 *
 * const folder = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'a', 'b');
 * await makeFolder(folder);
 * console.log(await pathExists(folder)); // true
 * ```
 */
export const makeFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true });
};

/**
 * The names of the files and folders in a folder, sorted by code unit.
 *
 * @throws the system's error if there is no such folder
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, listFolder, writeFileAtomic } from '@dgprompt/io';
 *
 * const folder = mkdtempSync(joinPath(tmpdir(), 'x-'));
 * await writeFileAtomic(joinPath(folder, 'b.txt'), '');
 * await writeFileAtomic(joinPath(folder, 'a.txt'), '');
 * console.log(await listFolder(folder)); // [ 'a.txt', 'b.txt' ]
 * ```
 */
export const listFolder = async (path: string): Promise<string[]> => (await readdir(path)).sort();

/**
 * Deletes a file, or a folder with everything in it. Does nothing if there is none.
 *
 * @throws the system's error
 *
 * @example
 * ```ts
 * import { pathExists, removePath } from '@dgprompt/io';
 *
 * await removePath('no-such-file');
 * console.log(await pathExists('no-such-file')); // false
 * ```
 */
export const removePath = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

/**
 * Renames a file or folder; a file at `to` is replaced.
 *
 * @throws the system's error, for example if `to` is on another disk
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, listFolder, movePath, writeFileAtomic } from '@dgprompt/io';
 *
 * const folder = mkdtempSync(joinPath(tmpdir(), 'x-'));
 * await writeFileAtomic(joinPath(folder, 'a'), '');
 * await movePath(joinPath(folder, 'a'), joinPath(folder, 'b'));
 * console.log(await listFolder(folder)); // [ 'b' ]
 * ```
 */
export const movePath = (from: string, to: string): Promise<void> => rename(from, to);

/** Bytes of a file; 0 if there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Bytes that can still be written below a folder; undefined where the file system does not say. */
export const freeSpace = (folder: string): Promise<number | undefined> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
