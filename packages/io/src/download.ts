import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileDigest } from './hash.js';

/** What a file must be: its size in bytes, and its SHA-256 (of large files) or its git id (of small ones), in hex. */
export interface FileIdentity {
  size: number;
  sha256?: string;
  gitId?: string;
}

export interface DownloadOptions {
  token?: string;
  signal?: AbortSignal;
  /** Bytes that are there, of the whole. */
  onProgress?: (done: number) => void;
  /** Attempts without a byte of progress before giving up. */
  patience?: number;
}

/** A connection that gives nothing for this long, in milliseconds, is as good as cut. */
const SILENCE = 30_000;

/**
 * Downloads a file to `path`, into `path.incomplete` first. What an earlier attempt left there is gone on from, by a ranged request; a
 * cut connection likewise, after a pause. What arrives is checked before it gets its name.
 * @throws one sentence naming the address: it cannot be reached, wants a token, keeps breaking off, or does not give the file it should
 *   (which is then deleted)
 */
export async function downloadFile(
  url: string,
  path: string,
  identity: FileIdentity,
  { token, signal, onProgress, patience = 5 }: DownloadOptions = {},
): Promise<void> {
  const incomplete = `${path}.incomplete`;
  await mkdir(dirname(path), { recursive: true });
  const unlock = await lock(`${path}.lock`);
  try {
    let have = (await stat(incomplete).catch(() => undefined))?.size ?? 0;
    for (let attempt = 0; have !== identity.size || have === 0; ) {
      signal?.throwIfAborted();
      if (have > identity.size) {
        await rm(incomplete);
        have = 0;
      }
      const before = have;
      try {
        have = await receive(url, incomplete, have, identity.size, { token, signal, onProgress });
        if (have === identity.size) break;
        throw new Error('the connection was cut');
      } catch (cause) {
        if (signal?.aborted) throw cause;
        const refused = cause instanceof Refusal;
        have = (await stat(incomplete).catch(() => undefined))?.size ?? 0;
        attempt = have > before ? 0 : attempt + 1;
        if (refused || attempt >= patience)
          throw new Error(`${url} cannot be downloaded: ${reason(cause)}.`, { cause });
        await new Promise(resolve => setTimeout(resolve, Math.min(100 * 2 ** attempt, 5000)));
      }
    }
    const wrong = await checkFile(incomplete, identity);
    if (wrong) {
      await rm(incomplete);
      throw new Error(`${url} gave a file that is not the one it should be: ${wrong}. It was deleted; try again.`);
    }
    await rename(incomplete, path);
  } finally {
    await unlock();
  }
}

/**
 * Holds a file against what it must be.
 * @returns what is wrong with it, or undefined
 */
export async function checkFile(path: string, { size, sha256, gitId }: FileIdentity): Promise<string | undefined> {
  const found = (await stat(path)).size;
  if (found !== size) return `it has ${found} bytes instead of ${size}`;
  if (sha256) {
    const hash = await fileDigest(path, createHash('sha256'));
    if (hash !== sha256) return `its SHA-256 is ${hash} instead of ${sha256}`;
  } else if (gitId) {
    const hash = await fileDigest(path, createHash('sha1').update(`blob ${size}\0`));
    if (hash !== gitId) return `its git id is ${hash} instead of ${gitId}`;
  }
  return undefined;
}

/** An answer that no other attempt will change. */
class Refusal extends Error {}

async function receive(
  url: string,
  path: string,
  from: number,
  size: number,
  { token, signal, onProgress }: DownloadOptions,
): Promise<number> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('nothing came for 30 seconds')), SILENCE);
  try {
    const response = await fetch(url, {
      headers: { ...(from > 0 && { Range: `bytes=${from}-` }), ...(token && { Authorization: `Bearer ${token}` }) },
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      if (response.status === 416) await rm(path, { force: true });
      if (response.status === 416 || response.status === 429 || response.status >= 500)
        throw new Error(`the server answered ${response.status}`);
      throw new Refusal(refusal(response.status));
    }
    const start = response.status === 206 ? rangeStart(response, from) : 0;
    const file = await open(path, start > 0 ? 'a' : 'w');
    let have = start;
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(new Error('nothing came for 30 seconds')), SILENCE);
        have += chunk.length;
        if (have > size) throw new Refusal(`it gives more than the ${size} bytes that the hub lists`);
        await file.writeFile(chunk);
        onProgress?.(have);
      }
    } finally {
      await file.close();
    }
    return have;
  } finally {
    clearTimeout(timer);
  }
}

function rangeStart(response: Response, from: number): number {
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? from);
  if (start !== from) throw new Error('the server went on at another place than asked');
  return start;
}

function refusal(status: number): string {
  if (status === 401 || status === 403)
    return `the server wants a token that may read it (${status}); set HF_TOKEN, and accept the model's terms on its page`;
  return status === 404 ? 'there is no such file (404)' : `the server answered ${status}`;
}

/** Lets one process at a time write a file; the lock of a process that is no more does not count. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const holder = await holderOf(path);
      if (holder !== undefined || attempt > 2)
        throw new Error(
          `${path.replace(/\.lock$/, '')} is being downloaded by process ${holder ?? '?'}; wait for it, or delete ${path}.`,
        );
      await rm(path, { force: true });
    }
  }
}

async function holderOf(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  try {
    process.kill(pid, 0); // asks whether it is there
    return pid;
  } catch {
    return undefined;
  }
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const deeper = cause.cause instanceof Error ? cause.cause : undefined; // fetch hides what happened one level down
  const code = (deeper as NodeJS.ErrnoException | undefined)?.code;
  const message = deeper ? deeper.message || code || cause.message : cause.message;
  return message.split('\n')[0]!.replace(/\.$/, '');
}
