import { readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { downloadFile, parseJson, readPlainFile, writeFileAtomic } from '@dgprompt/io';
import { isFile } from '../files/listing.js';
import { BadArchive } from './archive-guard.js';
import { layOut } from './lay-out.js';
import type { PrepareOptions } from './options.js';
import type { DownloadRecipe, Source } from './sources.js';

/** Downloads a dataset from the first source that works. @throws the error of the last one */
export async function fetchSome(
  recipe: DownloadRecipe,
  at: { id: string; folder: string },
  options: PrepareOptions,
): Promise<void> {
  for (const [i, way] of recipe.ways.entries()) {
    try {
      return await fetchAll(way, at, options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (i === recipe.ways.length - 1) throw cause;
      options.onNote?.(`${(cause as Error).message} Trying another source.`);
    }
  }
}

/** Downloads the files of one source, and puts each in its place as soon as it is complete. */
export async function fetchAll(
  sources: readonly Source[],
  { id, folder }: { id: string; folder: string },
  options: PrepareOptions,
): Promise<void> {
  const { onProgress, onNote, patience = 1000, signal } = options;
  const done = await readDone(folder);
  for (const source of sources) {
    const { file, holds, without, md5, sha256 } = source;
    const url = onHub(source.url, options.hub ?? process.env.HF_ENDPOINT);
    if (done.has(source.url)) continue;
    const kept = join(folder, '.download', file);
    try {
      if (!(await isFile(kept))) {
        const hash = await downloadFile(url, kept, {
          expected: { md5, sha256 },
          delay: patience,
          space: 2, // for the archive and its content
          signal,
          onProgress: ({ done, total }) =>
            onProgress?.(`downloading ${file} (${(done / 1e6).toFixed(0)} MB)`, total > 0 ? done / total : 0),
        });
        if (!md5 && !sha256) await compareWithFirst(dirname(folder), source.url, hash, kept);
      }
      onProgress?.(`unpacking ${file}`, 0);
      if (holds) await unpackDownload(kept, folder, holds, options);
      else await takeFile(kept, folder);
      done.add(source.url);
      await writeFileAtomic(join(folder, '.download', 'done.json'), JSON.stringify([...done]));
    } catch (cause) {
      signal?.throwIfAborted();
      if (without === undefined) throw cause;
      onNote?.(`${(cause as Error).message} ${id} is used without ${file}: ${without}.`);
    }
  }
  await rm(join(folder, '.download'), { recursive: true, force: true });
}

/** Addresses of the files that an interrupted call has finished. */
async function readDone(folder: string): Promise<Set<string>> {
  const text = await readFile(join(folder, '.download', 'done.json'), 'utf8').catch(() => '[]');
  try {
    const list = JSON.parse(text) as unknown;
    return new Set(Array.isArray(list) ? list.filter(one => typeof one === 'string') : []);
  } catch {
    return new Set();
  }
}

async function unpackDownload(
  kept: string,
  folder: string,
  holds: readonly string[],
  options: PrepareOptions,
): Promise<void> {
  try {
    await layOut(kept, folder, holds, unpacking(kept, options));
  } catch (cause) {
    // the next call downloads it again, but not after a full disk
    if (cause instanceof BadArchive) await rm(kept, { force: true });
    throw cause;
  }
  await rm(kept, { force: true });
}

/** Puts a list or split file in its place, unless the server sent a web page instead. */
async function takeFile(kept: string, folder: string): Promise<void> {
  const start = new TextDecoder('latin1').decode((await readPlainFile(kept)).subarray(0, 200));
  if (/^\s*<(!doctype|html)/i.test(start)) {
    await rm(kept);
    throw new Error(`${basename(kept)} is a web page instead of the file.`);
  }
  await rename(kept, join(folder, basename(kept)));
}

/** Options for unpacking an archive with progress and a signal. */
export const unpacking = (file: string, { signal, onProgress }: PrepareOptions) => {
  let entries = 0;
  return {
    signal,
    onEntry: () => {
      if (++entries % 100 === 0) onProgress?.(`unpacking ${basename(file)}: ${entries} files`, 0);
    },
  };
};

const onHub = (url: string, hub: string | undefined): string =>
  hub ? url.replace('https://huggingface.co', hub.replace(/\/$/, '')) : url;

/**
 * Remembers the SHA-256 of a first download, for files without a published checksum, and compares later ones with it.
 */
async function compareWithFirst(root: string, url: string, hash: string, kept: string): Promise<void> {
  const file = join(root, '.dgprompt-downloads.json');
  const known = new Map(Object.entries(await readKnown(file)));
  if (known.get(url) === undefined) {
    await writeFileAtomic(file, JSON.stringify(Object.fromEntries(known.set(url, hash)), null, 2));
  } else if (known.get(url) !== hash) {
    await rm(kept, { force: true });
    throw new Error(
      `${url} has changed since the first download (SHA-256 ${hash}, before ${known.get(url)}); if that is expected, delete its line in ${file}.`,
    );
  }
}

async function readKnown(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    const known = parseJson(text, { depth: 2 });
    if (typeof known === 'object' && known !== null && !Array.isArray(known)) return known;
    throw new Error('it must be an object of addresses and checksums');
  } catch (cause) {
    throw new Error(`${file} cannot be used: ${(cause as Error).message}; delete it.`, { cause });
  }
}
