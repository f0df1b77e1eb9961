import { randomUUID } from 'node:crypto';
import { fsync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from './files.js';
import { joinPath } from './paths.js';

/** Not `sync()` of a file handle, which Yarn's Plug'n'Play lacks. */
const toDisk = promisify(fsync);

/** Writes all parts to a file next to `path`, then renames it into place; removes it on failure. */
export async function replaceFile(
  path: string,
  parts: Iterable<string | Uint8Array>,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      let length = 0;
      for (const part of parts) length += await writeAll(file, part);
      if (flush) await toDisk(file.fd);
      if ((await file.stat()).size !== length) throw full();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    if (flush) await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cause;
  }
}

/** Writes all bytes, in as many steps as needed: the system may write only a part and report how much. */
async function writeAll(file: Pick<FileHandle, 'write'>, part: string | Uint8Array): Promise<number> {
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(bytes.length - done, 2 ** 30));
    if (bytesWritten === 0) throw full();
    done += bytesWritten;
  }
  return bytes.length;
}

const full = () => Object.assign(new Error('no space is left'), { code: 'ENOSPC' });

/** Makes a rename survive a power cut, if the system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  if (!handle) return;
  await toDisk(handle.fd).catch(() => {});
  await handle.close();
}

/**
 * Writes and removes a file in a folder; makes the folder and those above it if they do not exist, and removes them
 * again, unless another process has put something there.
 */
export async function probeFolder(folder: string): Promise<void> {
  let first: string | undefined; // of the folders made here, the highest
  for (let tries = 5; ; tries--)
    try {
      first = (await mkdir(folder, { recursive: true })) ?? first;
      const probe = joinPath(folder, `.${randomUUID()}.tmp`);
      await (await open(probe, 'wx')).close();
      await rm(probe);
      break;
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT' || tries === 1) throw cause; // another check has just removed the folder
    }
  if (first === undefined) return;
  for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made))
    await rmdir(made).catch(() => {});
}

/** Opens a file for writing, appending to its content or replacing it. */
export async function openForWriting(
  path: string,
  { append }: { append: boolean },
): Promise<{ write(bytes: Uint8Array): Promise<void>; close(): Promise<void> }> {
  const file = await open(path, append ? 'a' : 'w');
  return {
    async write(bytes) {
      await writeAll(file, bytes);
    },
    close: () => file.close(),
  };
}
