import { rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, checkWritable, folderFor, pathExists, writeFileAtomic } from '@dgprompt/io';

/**
 * Checks before the work that its result can be written. Creates the file's folder, and removes it again if it is new:
 * failed work must leave nothing.
 * @throws one sentence that names the file or folder
 */
export async function checkOutput(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const existed = await pathExists(dirname(file));
  await folderFor(file);
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cannotWrite(file, cause); // such as a name that is too long
    return undefined;
  });
  if (found?.isDirectory()) throw cannotWrite(file, Object.assign(new Error(), { code: 'EISDIR' }));
  await checkWritable(dirname(file));
  if (!existed) await rmdir(dirname(file)).catch(() => {}); // another process may be using it by now
}

/** Writes a result atomically, creating its folder. */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  await folderFor(file);
  await writeFileAtomic(file, content);
}
