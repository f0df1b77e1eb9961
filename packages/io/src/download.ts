import { bytes } from './bytes.js';
import { fetchAddress } from './fetch-address.js';
import { waitForLock } from './lock.js';
import { errorCode, freeSpace, makeFolder, movePath, pathExists, removePath, sizeOf } from './runtime/files.js';
import { fileHashes, type HashKind } from './runtime/hash.js';
import type { LockOwner } from './runtime/lock.js';
import { folderOf } from './runtime/paths.js';
import { readText } from './runtime/text-file.js';
import { openForWriting } from './runtime/write.js';
import { cannotWrite, writeFileAtomic } from './write.js';

/** The known facts that identify a file: its size in bytes and its hashes in hex. */
export interface FileIdentity {
  size?: number;
  sha256?: string;
  md5?: string;
  /** Git's id of the file: the SHA-1 of `blob <size>\0` and its bytes. */
  gitId?: string;
}

export interface DownloadOptions {
  /** What the file must be; any other file is deleted. */
  expected?: FileIdentity;
  /** Sent as a bearer token, only to the address's own origin. */
  token?: string;
  signal?: AbortSignal;
  /** Bytes received, and size of the whole file (0 if the server does not say). */
  onProgress?(progress: { done: number; total: number }): void;
  /** Consecutive attempts without new bytes before giving up; default 5. */
  tries?: number;
  /** Milliseconds before the second attempt, doubled for each further one; default 250. */
  delay?: number;
  /** Free disk space to require, as a multiple of the file's size; default 1. */
  space?: number;
  /** Called once if another process is already downloading the file; this one waits. */
  onWait?(owner: LockOwner): void;
}

/** A connection that is silent for this many milliseconds counts as broken. */
const SILENCE = 30_000;

/** A slower connection (bytes within milliseconds) would hold a program up for days. */
const SLOWEST = { bytes: 64_000, within: 300_000 };

/** Free space is checked each time this many bytes have arrived; this many are left for others. */
const SPACE_STEP = 32e6;
const SPACE_LEFT = 32e6;

/** A failure that another attempt will not fix. */
class Refusal extends Error {
  constructor(
    message: string,
    /** Whether the bytes received are kept, to be resumed later. */
    readonly resumable = false,
  ) {
    super(message);
  }
}

/** The system's codes for a disk that cannot be written to. */
const STOPS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EFBIG', 'ENAMETOOLONG']);

/** Source of an unfinished file; without it, a file may only be resumed if its hash is known. */
interface Origin {
  url: string;
  total: number;
  /** For `If-Range`: a strong ETag, or the date. */
  version?: string;
}

/**
 * Downloads a file. Broken connections are resumed, also by a later call: until the file is complete and verified, its
 * bytes are in `<path>.incomplete`. One process at a time downloads a file; another one waits and then uses the result.
 * Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`).
 *
 * @returns the file's SHA-256 in hex
 * @throws one sentence naming the address if the server refuses, the connection keeps breaking, the disk is too small,
 *   or the file is not the expected one; the signal's reason
 *
 * @example
 * ```ts
 * import { downloadFile } from '@dgprompt/io';
 *
 * const url = 'http://127.0.0.1:1/file';
 * console.log(await downloadFile(url, 'file', { tries: 1 }).catch(error => error.message));
 * // http://127.0.0.1:1/file could not be downloaded: …
 * ```
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions = {}): Promise<string> {
  const { expected = {}, tries = 5, delay = 250, signal } = options;
  await makeFolder(folderOf(path)).catch(cause => {
    throw cannotWrite(folderOf(path), cause);
  });
  let waited = false;
  const onWait = (owner: LockOwner) => {
    waited = true;
    options.onWait?.(owner);
  };
  const unlock = await waitForLock(`${path}.lock`, { doing: 'download', signal, onWait });
  const incomplete = `${path}.incomplete`;
  try {
    if (waited && (await pathExists(path)) && !(await wrongWith(path, expected)))
      return (await fileHashes(path, ['sha256'], signal)).sha256;
    let best = await sizeOf(incomplete);
    for (let failures = 0; !isKnown(expected) || best !== expected.size || best === 0; ) {
      signal?.throwIfAborted();
      try {
        if (await receive(url, incomplete, options)) break;
        throw new Error('the connection was cut');
      } catch (cause) {
        signal?.throwIfAborted();
        const have = await sizeOf(incomplete);
        failures = have > best ? 1 : failures + 1;
        best = Math.max(best, have); // so that a server that always starts over does not keep this loop running forever
        const diskRefuses = STOPS.has(errorCode(cause) ?? errorCode((cause as Error).cause) ?? '');
        if (cause instanceof Refusal || diskRefuses || failures >= tries) {
          const resume = (!(cause instanceof Refusal) || cause.resumable) && have > 0 ? '; try again to resume' : '';
          throw new Error(`${url} could not be downloaded: ${reason(cause)}${resume}.`, { cause });
        }
        await pause(delay * 2 ** (failures - 1), signal);
      }
    }
    const kinds = (['sha256', 'md5', 'gitId'] as const).filter(kind => kind === 'sha256' || expected[kind]);
    const hashes = await fileHashes(incomplete, kinds, signal);
    const wrong = await wrongWith(incomplete, expected, hashes);
    if (wrong) {
      await discard(incomplete);
      throw new Error(`${url} gave the wrong file: ${wrong}. It was deleted; try again.`);
    }
    await movePath(incomplete, path);
    await removePath(originOf(incomplete));
    return hashes.sha256;
  } finally {
    await unlock();
  }
}

/** Names of hashes in sentences. */
const titles: Record<HashKind, string> = { sha256: 'SHA-256', md5: 'MD5', gitId: 'git id' };

/**
 * Compares a file with what it must be.
 *
 * @param known hashes of the file that are already computed
 * @returns what is wrong with it, such as `it has 3 bytes instead of 4`, or undefined
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, writeFileAtomic, wrongWith } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'letters');
 * await writeFileAtomic(path, 'abc');
 * console.log(await wrongWith(path, { size: 4 })); // it has 3 bytes instead of 4
 * ```
 */
export async function wrongWith(
  path: string,
  expected: FileIdentity,
  known: Partial<Record<HashKind, string>> = {},
): Promise<string | undefined> {
  const size = await sizeOf(path);
  if (expected.size !== undefined && size !== expected.size) return `it has ${size} bytes instead of ${expected.size}`;
  for (const kind of ['sha256', 'md5', 'gitId'] as const) {
    if (!expected[kind]) continue;
    const hash = known[kind] ?? (await fileHashes(path, [kind]))[kind];
    if (hash !== expected[kind]) return `its ${titles[kind]} is ${hash} instead of ${expected[kind]}`;
  }
  return undefined;
}

/** Whether size and hash are known, so that a file is the right one wherever its bytes came from. */
const isKnown = ({ size, sha256, gitId, md5 }: FileIdentity): boolean =>
  size !== undefined && (sha256 ?? gitId ?? md5) !== undefined;

/** Fetches the missing rest of an unfinished file. @returns whether it is complete */
async function receive(url: string, incomplete: string, options: DownloadOptions): Promise<boolean> {
  const { expected = {}, token, signal, onProgress, space = 1 } = options;
  const have = await sizeOf(incomplete);
  const origin = have > 0 && !isKnown(expected) ? await readOrigin(incomplete) : undefined;
  const canResume = isKnown(expected) ? have < expected.size! : origin?.url === url && origin.version !== undefined;
  const from = canResume ? have : 0;
  const headers: Record<string, string> = {};
  if (from > 0) headers.range = `bytes=${from}-`;
  if (from > 0 && origin) headers['if-range'] = origin.version!;

  const silence = new AbortController();
  const hear = () => setTimeout(() => silence.abort(new Error('nothing arrived for 30 seconds')), SILENCE);
  let timer = hear();
  try {
    const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
    const response = await fetchAddress(url, { headers, token, signal: stop });
    if (response.status === 416 && origin?.total === have) return true;
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      if (response.status === 416) await discard(incomplete);
      throw refusal(response);
    }
    const start = response.status === 206 ? rangeStart(response, from) : 0;
    const total = expected.size ?? lengthOf(response, start);
    await requireSpace(incomplete, (total - start) * space);
    if (!isKnown(expected)) {
      const version = versionOf(response);
      await writeFileAtomic(originOf(incomplete), JSON.stringify({ url, total, version } satisfies Origin));
    }
    const file = await openForWriting(incomplete, { append: start > 0 });
    let done = start;
    let nextLook = done + SPACE_STEP;
    let measured = { at: Date.now(), done };
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = hear();
        done += chunk.length;
        if (Date.now() - measured.at > SLOWEST.within) {
          if (done - measured.done < SLOWEST.bytes)
            throw new Refusal(`it delivers less than ${bytes(SLOWEST.bytes)} in five minutes`, true);
          measured = { at: Date.now(), done };
        }
        if (done > nextLook) {
          nextLook = done + SPACE_STEP;
          await requireSpace(incomplete, SPACE_STEP + SPACE_LEFT);
        }
        if (total > 0 && done > total) throw new Refusal(`the server sends more than the ${total} bytes of the file`);
        await file.write(chunk);
        onProgress?.({ done, total });
      }
    } finally {
      await file.close();
    }
    return total === 0 || done === total;
  } finally {
    clearTimeout(timer);
  }
}

function rangeStart({ headers }: Response, from: number): number {
  const start = Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? from);
  if (start !== from || from === 0) throw new Refusal('the server sends another part than the requested one');
  return start;
}

/** Size of the whole file, or 0: the length of an encoded body is not that of the file. */
function lengthOf({ headers }: Response, start: number): number {
  const length = Number(headers.get('content-length') ?? 0);
  return length > 0 && headers.get('content-encoding') === null ? start + length : 0;
}

function versionOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  return etag && !etag.startsWith('W/') ? etag : (headers.get('last-modified') ?? undefined);
}

function refusal({ status, statusText }: Response): Error {
  const answer = `the server answered ${`${status} ${statusText}`.trim()}`;
  if (status === 416 || status === 429 || status >= 500) return new Error(answer);
  if (status === 401 || status === 403)
    return new Refusal(`${answer}; it needs a token: set HF_TOKEN, and accept the terms of the model on its page`);
  return new Refusal(answer);
}

async function requireSpace(path: string, needed: number): Promise<void> {
  const free = await freeSpace(folderOf(path));
  if (free === undefined || needed <= free) return;
  throw new Refusal(`it needs ${bytes(needed)} of disk space, and ${folderOf(path)} has ${bytes(free)} left`, true);
}

const originOf = (incomplete: string) => `${incomplete}.json`;

async function readOrigin(incomplete: string): Promise<Origin | undefined> {
  try {
    return JSON.parse(await readText(originOf(incomplete))) as Origin;
  } catch {
    return undefined;
  }
}

async function discard(incomplete: string): Promise<void> {
  await removePath(incomplete);
  await removePath(originOf(incomplete));
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const deeper = cause.cause instanceof Error ? cause.cause : undefined; // fetch hides what happened one level down
  const code = (deeper as { code?: string } | undefined)?.code;
  const ours = STOPS.has(errorCode(cause) ?? '') ? cannotWrite('the file', cause).message : undefined;
  const message =
    ours ?? (deeper && !(cause instanceof Refusal) ? deeper.message || code || cause.message : cause.message);
  return message.split('\n')[0]!.replace(/\.$/, '');
}
