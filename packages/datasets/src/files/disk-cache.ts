import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentDigest, folderFor, sha256Hex, writePartsAtomic } from '@dgprompt/io';

/** What is cached, and where. */
export interface DiskCacheOptions {
  /** A folder for the cache; it may be deleted at any time. */
  folder: string;
  /** Names the result of `load`, such as `test-224`: entries of different views are kept separately. */
  view: string;
  /** Makes the bytes to cache, such as decoded, resized pixels. */
  load(path: string): Promise<Uint8Array>;
}

/** A hash of the bytes is stored first, so that a damaged entry is recognised. */
const headerBytes = 32;

/**
 * A loader that caches its results on disk, by the image's content. An image is loaded again if its entry is damaged.
 * Entries are written atomically, so that several processes may share a cache.
 *
 * @returns what `load` returned, now or earlier
 * @throws what `load` throws. If the cache cannot be written, images are loaded each time
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { diskCache } from '@dgprompt/datasets/files';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * const image = join(folder, 'image');
 * writeFileSync(image, 'pixels');
 * let count = 0;
 * const load = diskCache({ folder, view: 'count', load: async () => Uint8Array.of(++count) });
 * console.log(await load(image), await load(image)); // Uint8Array(1) [ 1 ] Uint8Array(1) [ 1 ]
 * ```
 */
export function diskCache({ folder, view, load }: DiskCacheOptions): (path: string) => Promise<Uint8Array> {
  let writable = true;
  return async path => {
    const content = await contentDigest(path).catch(() => undefined);
    if (content === undefined) return load(path); // throws the right error
    const key = sha256Hex(JSON.stringify([view, content]));
    const file = join(folder, key.slice(0, 2), key.slice(2));
    const kept = await read(file);
    if (kept) return kept;
    const bytes = await load(path);
    const isSame = writable && (await contentDigest(path).catch(() => undefined)) === content;
    if (isSame) writable = await write(file, bytes);
    return bytes;
  };
}

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

async function read(file: string): Promise<Uint8Array | undefined> {
  const stored = await readFile(file).catch(() => undefined);
  if (!stored || stored.length < headerBytes) return undefined;
  const bytes = new Uint8Array(stored.subarray(headerBytes));
  return hashOf(bytes).equals(stored.subarray(0, headerBytes)) ? bytes : undefined;
}

async function write(file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await folderFor(file);
    await writePartsAtomic(file, [hashOf(bytes), bytes], { flush: false });
    return true;
  } catch {
    return false;
  }
}
