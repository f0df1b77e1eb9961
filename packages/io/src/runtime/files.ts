import { access, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';

/**
 * The system's error code, such as `ENOENT`; undefined for other errors.
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
 * Makes a folder and those above it; does nothing if it exists.
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

/** Size of a file in bytes; 0 if there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Free space below a folder, in bytes; undefined if the file system does not say.
 *
 * @example
 * ```ts
 * import { freeSpace } from '@dgprompt/io';
 *
 * console.log(await freeSpace('no-such-folder')); // undefined
 * ```
 */
export const freeSpace = (folder: string): Promise<number | undefined> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );

/** Removes a folder if it is empty. */
export const removeEmptyFolder = (folder: string): Promise<void> => rmdir(folder).catch(() => {});

/** Maximum size of a settings file, a list or a picture, in bytes. */
const LARGEST_WHOLE = 2 ** 30;

/**
 * Reads a whole file that another file refers to (a list, an index, a split). It must be a plain file, not a pipe, a
 * device or a socket, which may never end.
 *
 * @param most bytes; default 1 GiB
 * @throws one sentence naming the file if it cannot be read, is not a plain file, or is larger
 *
 * @example
 * ```ts
 * import { readPlainFile } from '@dgprompt/io';
 *
 * console.log(await readPlainFile('.').catch(error => error.message)); // . cannot be read: it is a folder.
 * ```
 */
export async function readPlainFile(path: string, most = LARGEST_WHOLE): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('it is a folder');
    if (!found.isFile()) throw new Error('it is a pipe, a device or a socket, not a plain file');
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > most) throw new Error(`its ${size} bytes are more than ${most}`);
      const bytes = new Uint8Array(size);
      let done = 0;
      while (done < size) {
        const { bytesRead } = await file.read(bytes, done, size - done, done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done === size ? bytes : bytes.slice(0, done);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${readReason(cause)}.`, { cause });
  }
}

/** Reasons why a file cannot be read, by system error code. */
const reasons: Record<string, string> = {
  ENOENT: 'there is no such file (ENOENT)',
  ENOTDIR: 'part of its path is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EMFILE: 'too many files are open; raise the limit of the shell (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk fails (EIO)',
};

/**
 * Why a file cannot be read, in a few words without its name: `permission denied`.
 *
 * @example
 * ```ts
 * import { readReason, readText } from '@dgprompt/io';
 *
 * console.log(await readText('no-such-file').catch(readReason)); // there is no such file (ENOENT)
 * ```
 */
export function readReason(cause: unknown): string {
  const code = errorCode(cause);
  if (code && Object.hasOwn(reasons, code)) return reasons[code]!;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0]!.replace(/\.$/, '');
}
