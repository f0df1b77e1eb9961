import { randomUUID } from 'node:crypto';
import { access, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Why the system refuses to write, as people say it. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'part of the path is a file',
  EEXIST: 'there is a file of that name',
  EISDIR: 'there is a folder of that name',
  EFBIG: 'the disk takes no file of that size',
  ENOENT: 'its folder cannot be made',
};

/** One sentence for a file or folder that cannot be written; an error that is no system error comes back as it is. */
export function cannotWrite(path: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === undefined || !(cause instanceof Error)) return cause instanceof Error ? cause : new Error(String(cause));
  return new Error(`${path} cannot be written: ${reasons[code] ?? code}; free the place or give another one.`, {
    cause,
  });
}

/**
 * Writes a file so that its path never holds half of it: beside it first, renamed when it is whole and on the disk.
 * @param parts text or bytes, one after the other
 * @throws one sentence naming the file; what was written until then is gone
 */
export async function writeFileAtomic(path: string, ...parts: (string | Uint8Array)[]): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cannotWrite(path, cause);
  }
}

/**
 * Makes sure that a folder can be written into, before hours are spent on what is to be there. A folder made for that alone is gone again.
 * @throws one sentence naming the folder
 */
export async function checkWritable(folder: string): Promise<void> {
  const made = !(await access(folder).then(
    () => true,
    () => false,
  ));
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.${randomUUID()}.tmp`);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
  if (made) await rmdir(folder);
}

/** Makes the folder that a file goes into. @throws one sentence naming it */
export async function folderFor(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch(cause => {
    throw cannotWrite(dirname(path), cause);
  });
}
