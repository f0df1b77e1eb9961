import type { OnProgress, Progress } from '../progress.js';
import { type FileStamp, fileStamp } from '../runtime/file-stamp.js';
import { readBytes } from '../runtime/files.js';
import { fileHashes, sha256Hex } from '../runtime/hash.js';
import { resolvePath } from '../runtime/paths.js';
import { digestsInCache } from './known-digests.js';

/** Files read at the same time. */
const atOnce = 16;
/** Larger files are read in pieces, and their digests are saved to disk one by one. */
const large = 2 ** 20;
/** A file that changed less than this many milliseconds ago may change again without new times. */
const settled = 2000;
/** Milliseconds between two reports. */
const reportEvery = 50;

export interface DigestOptions {
  /** Phase: `digests`. Not called if all digests are known. */
  onProgress?: OnProgress<Progress<'digests'>>;
  signal?: AbortSignal;
}

/**
 * Identifies a file regardless of its location: the SHA-256 of its bytes, 64 hex digits. Digests are kept, for this
 * process and in the cache folder for others, as long as the file's path, size, times and inode stay the same; digests
 * of files that changed in the last two seconds are not kept.
 *
 * @throws the system's error if the file cannot be read, one sentence if it is not a plain file; the signal's reason
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { contentDigest, joinPath } from '@dgprompt/io';
 *
 * const file = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'letters');
 * writeFileSync(file, 'abc');
 * console.log((await contentDigest(file)).slice(0, 8)); // ba7816bf
 * ```
 */
export async function contentDigest(path: string, signal?: AbortSignal): Promise<string> {
  const file = resolvePath(path);
  const stamp = await fileStamp(file);
  const known = await digestsInCache().find(file, stamp.text);
  if (known !== undefined) return known;
  const digest = await digestNow(file, stamp, signal);
  if (stamp.bytes >= large) await digestsInCache().save();
  return digest;
}

/**
 * The digests of many files, a few at a time; see `contentDigest`.
 *
 * @returns digests by path as given, without files that cannot be read
 * @throws the signal's reason
 *
 * @example
 * ```ts
 * import { digests } from '@dgprompt/io';
 *
 * console.log((await digests(['no-such-file'])).size); // 0
 * ```
 */
export async function digests(
  paths: readonly string[],
  { onProgress, signal }: DigestOptions = {},
): Promise<Map<string, string>> {
  const wanted = [...new Set(paths)];
  const found = new Map<string, string>();
  const unknown: { path: string; file: string; stamp: FileStamp }[] = [];
  await inParallel(wanted, async path => {
    signal?.throwIfAborted();
    const file = resolvePath(path);
    const stamp = await fileStamp(file).catch(() => undefined);
    if (!stamp) return;
    const known = await digestsInCache().find(file, stamp.text);
    if (known === undefined) unknown.push({ path, file, stamp });
    else found.set(path, known);
  });
  const before = wanted.length - unknown.length;
  let [done, reported] = [before, 0];
  try {
    await inParallel(unknown, async ({ path, file, stamp }) => {
      signal?.throwIfAborted();
      const digest = await digestNow(file, stamp, signal).catch(() => undefined);
      signal?.throwIfAborted();
      if (digest !== undefined) found.set(path, digest);
      done++;
      if (!onProgress || (performance.now() - reported < reportEvery && done < wanted.length)) return;
      reported = performance.now();
      onProgress({ phase: 'digests', done, total: wanted.length });
    });
  } finally {
    await digestsInCache().save();
  }
  return found;
}

/** Digests a file, again if it changes meanwhile; keeps the digest if the file had settled. */
async function digestNow(path: string, before: FileStamp, signal?: AbortSignal, tries = 5): Promise<string> {
  const started = Date.now();
  const digest = await read(path, before.bytes, signal);
  const after = await fileStamp(path);
  if (after.text !== before.text && tries === 1) throw new Error(`${path} changes while it is read; try again later.`);
  if (after.text !== before.text) return digestNow(path, after, signal, tries - 1);
  if (started - before.changed > settled) digestsInCache().keep(path, before.text, digest);
  return digest;
}

const read = async (path: string, bytes: number, signal?: AbortSignal): Promise<string> =>
  bytes < large ? sha256Hex(await readBytes(path)) : (await fileHashes(path, ['sha256'], signal)).sha256;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
}
