import { resolve, sep } from 'node:path';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'your disk quota is used up; free some space',
  EROFS: 'the file system is read-only; name another folder with --results',
  EACCES: 'this user may not write there; name another folder with --results',
  EPERM: 'this user may not write there; name another folder with --results',
  ENOTDIR: 'a file is in the way; name another folder with --results',
  EEXIST: 'a file is in the way; name another folder with --results',
  ENAMETOOLONG: 'a path in it is too long; name another folder with --results',
  EMFILE: 'too many files are open; raise the limit of the shell (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk fails',
};

/** Codes that are always due to the machine, whichever file they came with: another run would fail too. */
const alwaysStorage: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

/**
 * One sentence if the results folder cannot be written, a problem that would affect every other run too.
 * @returns undefined if the error and its causes are about something else
 *
 * @example
 * ```ts
 * import { storageError } from '@dgprompt/bench/runs';
 *
 * const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
 * console.log(storageError('results', full)?.message); // Nothing can be written to results: the disk is full; …
 * ```
 */
export function storageError(results: string, error: unknown): Error | undefined {
  for (
    let inner = error as (NodeJS.ErrnoException & { cause?: unknown }) | undefined;
    inner;
    inner = inner.cause as typeof inner
  ) {
    const { path = '', syscall } = inner;
    // Node's mkdir reports ENOENT for a folder on a read-only file system.
    const code = inner.code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : (inner.code ?? '');
    const isThere = resolve(path) === resolve(results) || resolve(path).startsWith(resolve(results) + sep);
    if (!Object.hasOwn(reasons, code) || !(alwaysStorage.has(code) || (path !== '' && isThere))) continue;
    const sentence = `Nothing can be written to ${results}: ${reasons[code]}. Finished runs are kept; run the command again to resume.`;
    return new Error(sentence, { cause: error });
  }
  return undefined;
}
