import { randomUUID } from 'node:crypto';
import { open, rename, rm, rmdir } from 'node:fs/promises';
import { makeFolder, pathExists } from './files.js';
import { joinPath } from './paths.js';

/** Writes parts beside `path`, then renames the file into place; removes it where that fails. */
export async function replaceFile(
  path: string,
  parts: Iterable<string | Uint8Array>,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

/** Writes and removes a file in a folder, which is made for it and removed again if it did not exist. */
export async function probeFolder(folder: string): Promise<void> {
  const existed = await pathExists(folder);
  await makeFolder(folder);
  const probe = joinPath(folder, `.${randomUUID()}.tmp`);
  await (await open(probe, 'wx')).close();
  await rm(probe);
  if (!existed) await rmdir(folder);
}

/** Opens a file for writing: behind what it holds, or from scratch. */
export async function openForWriting(
  path: string,
  { append }: { append: boolean },
): Promise<{ write(bytes: Uint8Array): Promise<void>; close(): Promise<void> }> {
  const file = await open(path, append ? 'a' : 'w');
  return { write: bytes => file.writeFile(bytes), close: () => file.close() };
}
