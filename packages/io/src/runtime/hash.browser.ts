import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { HashKind } from './hash-kind.js';
import { bytesIn, fileAt } from './tab-files.browser.js';

export type { HashKind } from './hash-kind.js';

const bytesFor = (part: string | Uint8Array) => (typeof part === 'string' ? new TextEncoder().encode(part) : part);

export function sha256Hex(...parts: (string | Uint8Array)[]): string {
  const hash = sha256.create();
  for (const part of parts) hash.update(bytesFor(part));
  return bytesToHex(hash.digest());
}

/** Bytes of a `Blob` to read at a time. */
const PIECE = 2 ** 24;

export async function fileHashes<K extends HashKind>(
  path: string,
  kinds: readonly K[],
  signal?: AbortSignal,
): Promise<Record<K, string>> {
  const file = fileAt(path);
  const size = bytesIn(file);
  const makers = {
    sha256: () => sha256.create(),
    md5: () => md5.create(),
    gitId: () => sha1.create().update(bytesFor(`blob ${size}\0`)),
  };
  const hashes = kinds.map(kind => makers[kind]());
  for (let at = 0; at < size; at += PIECE) {
    signal?.throwIfAborted();
    const { content } = file;
    const piece =
      content instanceof Blob
        ? new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer())
        : content.subarray(at, at + PIECE);
    for (const hash of hashes) hash.update(piece);
  }
  return Object.fromEntries(kinds.map((kind, i) => [kind, bytesToHex(hashes[i]!.digest())])) as Record<K, string>;
}
