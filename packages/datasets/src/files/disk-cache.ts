import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is kept on disk, and where. */
export interface DiskCacheOptions {
  /** A folder for the cache; it may be deleted at any time. */
  folder: string;
  /** What `load` makes of an image, such as `test-224`: other views never meet under one name. */
  view: string;
  /** Makes an image's bytes, such as decoded, resized pixels. */
  load(path: string): Promise<Uint8Array>;
}

/** Ahead of the bytes: their number, so that a file cut short is made anew. */
const headerBytes = 8;

/**
 * A loader that keeps what it loads on disk. An image whose file changes (size or time of change) is loaded anew, and so is a cached
 * file that is damaged; entries appear whole or not at all, so that several processes may share a cache.
 *
 * @returns what `load` returned, now or earlier
 * @throws what `load` throws. A cache that cannot be written is no error: images are then loaded each time
 */
export function diskCache({ folder, view, load }: DiskCacheOptions): (path: string) => Promise<Uint8Array> {
  let writable = true;
  return async path => {
    const found = await stat(path).catch(() => undefined);
    if (!found) return load(path); // which says what is wrong
    const key = createHash('sha256')
      .update(JSON.stringify([view, path, found.size, found.mtimeMs]))
      .digest('hex');
    const file = join(folder, key.slice(0, 2), key.slice(2));
    const kept = await read(file);
    if (kept) return kept;
    const bytes = await load(path);
    if (writable) writable = await write(file, bytes);
    return bytes;
  };
}

async function read(file: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes || bytes.length < headerBytes) return undefined;
  const length = Number(bytes.readBigUInt64LE(0));
  return bytes.length === headerBytes + length ? new Uint8Array(bytes.subarray(headerBytes)) : undefined;
}

async function write(file: string, bytes: Uint8Array): Promise<boolean> {
  const header = Buffer.alloc(headerBytes);
  header.writeBigUInt64LE(BigInt(bytes.length));
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(unfinished, Buffer.concat([header, bytes]));
    await rename(unfinished, file);
    return true;
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
    return false;
  }
}
