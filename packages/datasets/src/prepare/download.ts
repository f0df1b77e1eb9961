import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Checksums of a file, hexadecimal. */
export interface Checksums {
  md5?: string;
  sha256?: string;
}

export interface DownloadOptions {
  /** What the file must have; it is deleted where it has not. */
  checksums?: Checksums;
  /** How often a connection that breaks without having brought anything is tried again; default 5. */
  tries?: number;
  /** Milliseconds before the second try, then twice as long each time; default 1000. */
  patience?: number;
  /** Told how many bytes are there, and how many there will be (0 if the server does not say). */
  onProgress?(progress: { done: number; total: number }): void;
  signal?: AbortSignal;
}

/**
 * Download a file. A broken connection is taken up where it broke, also in a later call: what is there lies in `<file>.part`. The file
 * appears whole or not at all.
 *
 * @returns its SHA-256
 * @throws Error in one sentence: the server refuses, the connection keeps breaking, the disk is too small, a checksum differs; the
 *   signal's reason
 */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<string> {
  const { checksums = {}, tries = 5, patience = 1000, signal } = options;
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  let [failures, best] = [0, await sizeOf(part)];
  for (;;) {
    try {
      if (await fetchRest(url, part, options)) break;
      throw new Error('the connection broke');
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof Refused) throw cause;
      const have = await sizeOf(part);
      failures = have > best ? 1 : failures + 1;
      best = Math.max(best, have); // a server that always starts anew does not keep this going for ever
      if (failures >= tries) {
        const reason = ((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message;
        throw new Error(`${url} could not be fetched after ${tries} tries (${reason}); the same command goes on.`, {
          cause,
        });
      }
      await wait(patience * 2 ** (failures - 1), undefined, { signal });
    }
  }
  const found = await hashes(part, signal);
  for (const kind of ['md5', 'sha256'] as const) {
    const expected = checksums[kind];
    if (expected !== undefined && expected !== found[kind]) {
      await discard(part);
      throw new Error(
        `${url} came with the ${kind} ${found[kind]} instead of ${expected}; it is deleted, fetch it again.`,
      );
    }
  }
  await rename(part, file);
  await rm(about(part), { force: true });
  return found.sha256;
}

/** The server's answer will not change by trying again. */
class Refused extends Error {}

const about = (part: string) => `${part}.json`;

/** Fetches what is missing of a partial file. @returns whether it is whole now */
async function fetchRest(url: string, part: string, { onProgress, signal }: DownloadOptions): Promise<boolean> {
  const have = await sizeOf(part);
  const known = have > 0 ? await readAbout(part) : undefined;
  const from = known?.url === url && known.version ? have : 0;
  const response = await fetch(url, {
    signal,
    headers: from > 0 ? { range: `bytes=${from}-`, 'if-range': known!.version! } : {},
  });
  if (response.status === 416 && known?.total === have) return true;
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    const text = `${url} answers ${response.status} ${response.statusText}`.trim();
    if (response.status === 429 || response.status >= 500) throw new Error(`it answers ${response.status}`);
    if (response.status === 416) await discard(part);
    throw new Refused(`${text}.`);
  }
  const goesOn = response.status === 206 && from > 0 && startOf(response) === from;
  if (response.status === 206 && !goesOn) throw new Refused(`${url} sends another part than the one asked for.`);
  const start = goesOn ? from : 0;
  const length = Number(response.headers.get('content-length') ?? 0);
  const encoded = response.headers.get('content-encoding') !== null; // then the length is not that of the file
  const total = length > 0 && !encoded ? start + length : 0;
  await requireRoom(url, part, total - start);
  await writeFile(about(part), JSON.stringify({ url, total, version: versionOf(response) }));
  let done = start;
  const counted = new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      onProgress?.({ done, total });
      next(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(body, counted, createWriteStream(part, { flags: goesOn ? 'a' : 'w' }), { signal });
  return total === 0 || done === total;
}

/** What tells one version of the file from another, for `If-Range`: a strong ETag or the date. */
function versionOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  return etag && !etag.startsWith('W/') ? etag : (headers.get('last-modified') ?? undefined);
}

const startOf = ({ headers }: Response): number =>
  Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN);

async function readAbout(part: string): Promise<{ url: string; total: number; version?: string } | undefined> {
  try {
    return JSON.parse(await readFile(about(part), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The download and what is unpacked of it must fit on the disk. */
async function requireRoom(url: string, part: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part));
  if (2 * bytes > bavail * bsize) {
    const gigabytes = (count: number) => (count / 1e9).toFixed(1);
    throw new Refused(
      `${url} needs ${gigabytes(2 * bytes)} GB with what is unpacked of it, and ${dirname(part)} has ${gigabytes(bavail * bsize)} GB left.`,
    );
  }
}

/** Checksums of a file. */
export async function hashes(file: string, signal?: AbortSignal): Promise<Required<Checksums>> {
  const [md5, sha256]: [Hash, Hash] = [createHash('md5'), createHash('sha256')];
  const both = new Transform({
    transform(chunk: Buffer, _, next) {
      md5.update(chunk);
      sha256.update(chunk);
      next();
    },
  });
  await pipeline(createReadStream(file), both, { signal });
  return { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(about(part), { force: true });
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
