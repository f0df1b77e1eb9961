import { rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, checkWritable, folderFor, pathExists, writeFileAtomic } from '@dgprompt/io';

/**
 * Checks before the work that its result can be written to a file afterwards. The folder is made, and removed again if
 * it was not there before: work that fails leaves nothing.
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
  if (!existed) await rmdir(dirname(file)).catch(() => {}); // another process may work there by now
}

/** Writes a result whole, or not at all; its folder is made. */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  await folderFor(file);
  await writeFileAtomic(file, content);
}
