import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, cannotWrite, digests } from '@dgprompt/io';
import { innermost } from './innermost.js';
import { isFolder } from './listing.js';

const archiveName = /\.(zip|tar|tgz|tar\.gz|rar)$/i;

/**
 * Whether a file's name is that of an archive: zip, tar, tar.gz or rar.
 *
 * @example
 * ```ts
 * import { isArchiveName } from '@dgprompt/datasets/files';
 *
 * console.log(isArchiveName('photos.zip')); // true
 * ```
 */
export const isArchiveName = (path: string): boolean => archiveName.test(path);

/** An archive's name without its ending. */
export const nameInArchive = (path: string): string => basename(path).replace(archiveName, '');

/**
 * The folder of images in an archive, unpacked once into the cache folder. Folders that only hold the next folder are
 * skipped.
 *
 * @throws a sentence naming the archive if it is damaged, would write outside its folder, holds links, or unpacks to
 *   far more than a dataset of its size
 *
 * @example
 * ```ts
 * import { unpackedFolder } from '@dgprompt/datasets/files';
 *
 * console.log(await unpackedFolder('absent.zip').catch(error => error.message)); // absent.zip cannot be read: …
 * ```
 */
export async function unpackedFolder(archive: string): Promise<string> {
  const digest = (await digests([archive])).get(archive);
  if (digest === undefined) throw new Error(`${archive} cannot be read: there is no such file.`);
  const target = join(cacheFolder(), 'archives', digest.slice(0, 24), nameInArchive(archive) || 'images');
  if (!(await isFolder(target))) await unpackInto(archive, target);
  return innermost(target);
}

/** Unpacks next to the target first, so that the target always has all of the archive. */
async function unpackInto(archive: string, target: string): Promise<void> {
  const part = `${dirname(target)}.${randomUUID()}.part`;
  try {
    await mkdir(part, { recursive: true }).catch((cause: unknown) => {
      throw cannotWrite(part, cause);
    });
    const { unpack } = await import('../prepare/unpack.js');
    await unpack(archive, part);
    await mkdir(dirname(target), { recursive: true });
    await rename(part, target).catch(async (cause: unknown) => {
      if (!(await isFolder(target))) throw cause; // another process was faster
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
