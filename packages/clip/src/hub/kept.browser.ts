import { printable, sha256Hex } from '@dgprompt/io';

/** How a file is fetched. */
export interface FetchOptions {
  signal?: AbortSignal;
  /** Sent to the server as a bearer token. */
  token?: string;
  /** Bytes received so far, and of the whole file if the server says so. */
  onProgress?: (done: number, total: number | undefined) => void;
}

const STORE = 'dgprompt';
/** Smaller files are not worth keeping. */
const WORTH_KEEPING = 2 ** 20;

/**
 * Fetches a file. Large ones are kept in Cache Storage by the hash of their bytes: the next time, the server is only
 * asked whether its file is still the same, and without a network the kept bytes are used.
 *
 * @returns undefined if there is no such file
 * @throws one sentence naming the address
 */
export async function fetchKept(
  address: string,
  options: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { signal, token, onProgress } = options;
  const headers: HeadersInit = token ? { authorization: `Bearer ${token}` } : {};
  const kept = await noteOf(address);
  if (kept) {
    const now = await fetch(address, { method: 'HEAD', headers, signal }).catch(() => undefined);
    signal?.throwIfAborted();
    if (!now?.ok || tagOf(now) === kept.tag) {
      const bytes = await keptBytes(kept.sha256);
      if (bytes) return bytes;
    }
  }
  let response: Response;
  try {
    response = await fetch(address, { headers, signal });
    if (response.status === 404 || isPage(response)) return undefined;
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = await received(response, onProgress);
    if (bytes.length >= WORTH_KEEPING) await keep(address, tagOf(response), bytes);
    return bytes;
  } catch (cause) {
    signal?.throwIfAborted();
    const said = printable((cause as Error).message).replace(/\.$/, '');
    throw new Error(`${address} cannot be fetched: ${said}.`, { cause });
  }
}

/** A page, the answer of a single-page application's server in place of "not found". */
const isPage = (response: Response): boolean => /^text\/html\b/.test(response.headers.get('content-type') ?? '');

const tagOf = ({ headers }: Response): string =>
  ['etag', 'last-modified', 'content-length'].map(name => headers.get(name) ?? '').join(' ');

async function received(response: Response, onProgress: FetchOptions['onProgress']): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 && !response.headers.has('content-encoding') ? length : undefined;
  const parts: BlobPart[] = [];
  let done = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done: isOver, value } = await reader.read();
    if (isOver) break;
    parts.push(value);
    done += value.length;
    onProgress?.(done, total);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Cache Storage, which only secure pages have. */
const store = async (): Promise<Cache | undefined> => globalThis.caches?.open(STORE).catch(() => undefined);

const place = (sha256: string): string => `/dgprompt/sha256/${sha256}`;
const noted = (address: string): string => `/dgprompt/address/${sha256Hex(address)}`;

async function noteOf(address: string): Promise<{ sha256: string; tag: string } | undefined> {
  const note = await (await store())?.match(noted(address));
  return note && ((await note.json()) as { sha256: string; tag: string });
}

async function keptBytes(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept = await (await store())?.match(place(sha256));
  if (!kept) return undefined;
  const bytes = new Uint8Array(await kept.arrayBuffer());
  return sha256Hex(bytes) === sha256 ? bytes : undefined;
}

async function keep(address: string, tag: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await store();
  if (!cache) return;
  const sha256 = sha256Hex(bytes);
  try {
    await cache.put(place(sha256), new Response(bytes));
    await cache.put(noted(address), new Response(JSON.stringify({ sha256, tag })));
  } catch {
    console.warn(`${address} is not kept for the next time: the storage of this page is full.`);
  }
}
