import { errorCode, makeFolder } from './runtime/files.js';
import { folderOf } from './runtime/paths.js';
import { probeFolder, replaceFile } from './runtime/write.js';

/** Reasons why a file cannot be written, by system error code. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'part of the path is a file',
  EEXIST: 'a file of that name exists',
  EISDIR: 'a folder of that name exists',
  EFBIG: 'the file is too large for the disk',
  ENOENT: 'its folder does not exist',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open (raise the limit of the shell, ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk fails',
};

const isFull = new Set(['ENOSPC', 'EDQUOT']);

/**
 * One sentence for a file or folder that cannot be written. Other errors are returned unchanged.
 *
 * @example
 * ```ts
 * import { cannotWrite } from '@dgprompt/io';
 *
 * const full = Object.assign(new Error('write failed'), { code: 'ENOSPC' });
 * console.log(cannotWrite('card.md', full).message);
 * // card.md cannot be written: the disk is full; free some space or choose another path.
 * ```
 */
export function cannotWrite(path: string, cause: unknown): Error {
  const code = errorCode(cause);
  if (code === undefined || !(cause instanceof Error)) return cause instanceof Error ? cause : new Error(String(cause));
  const reason = reasons[code] ?? code;
  const advice = isFull.has(code) ? 'free some space or choose another path' : 'choose another path';
  return new Error(`${path} cannot be written: ${reason}; ${advice}.`, { cause });
}

/**
 * Writes a file atomically: to a temporary file next to it, which is flushed to disk and then renamed, so that the path
 * never holds a partial file.
 *
 * @param parts text or bytes, to be concatenated
 * @throws one sentence naming the file; the temporary file is removed
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, readText, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'note.txt');
 * await writeFileAtomic(path, 'one, ', new TextEncoder().encode('two'));
 * console.log(await readText(path)); // one, two
 * ```
 */
export const writeFileAtomic = (path: string, ...parts: (string | Uint8Array)[]): Promise<void> =>
  writePartsAtomic(path, parts);

/**
 * `writeFileAtomic` for parts that are generated one at a time.
 *
 * @param options.flush wait until the bytes are on disk; default true. False is much faster for many small cache files
 * @throws one sentence naming the file; the temporary file is removed
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, readText, writePartsAtomic } from '@dgprompt/io';
 *
 * function* squares() {
 *   for (let i = 1; i <= 3; i++) yield `${i ** 2};`;
 * }
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'squares.txt');
 * await writePartsAtomic(path, squares());
 * console.log(await readText(path)); // 1;4;9;
 * ```
 */
export async function writePartsAtomic(
  path: string,
  parts: Iterable<string | Uint8Array>,
  options: { flush?: boolean } = {},
): Promise<void> {
  try {
    await replaceFile(path, parts, options);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/**
 * Checks that a folder is writable, before hours of work whose results go there. Removes folders made for the check.
 *
 * @throws one sentence naming the folder
 *
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { checkWritable } from '@dgprompt/io';
 *
 * await checkWritable(tmpdir());
 * console.log('writable'); // writable
 * ```
 */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await probeFolder(folder);
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

/**
 * Makes the folder of a file.
 *
 * @throws one sentence naming the folder
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { folderFor, joinPath, readText, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'records', 'a.json');
 * await folderFor(path);
 * await writeFileAtomic(path, '{}');
 * console.log(await readText(path)); // {}
 * ```
 */
export async function folderFor(path: string): Promise<void> {
  const folder = folderOf(path);
  await makeFolder(folder).catch(cause => {
    throw cannotWrite(folder, cause);
  });
}
