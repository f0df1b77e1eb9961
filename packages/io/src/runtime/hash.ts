import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { HashKind } from './hash-kind.js';

export type { HashKind } from './hash-kind.js';

/**
 * The SHA-256 of concatenated text (as UTF-8) or bytes, in hex.
 *
 * @example
 * ```ts
 * import { sha256Hex } from '@dgprompt/io';
 *
 * console.log(sha256Hex('a', 'bc').slice(0, 8)); // ba7816bf
 * ```
 */
export function sha256Hex(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * Hashes of a file's bytes, in hex, computed in one pass.
 *
 * @throws the signal's reason, or the system's error if the file cannot be read
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { fileHashes, joinPath, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'letters');
 * await writeFileAtomic(path, 'abc');
 * console.log(await fileHashes(path, ['md5'])); // { md5: '900150983cd24fb0d6963f7d28e17f72' }
 * ```
 */
export async function fileHashes<K extends HashKind>(
  path: string,
  kinds: readonly K[],
  signal?: AbortSignal,
): Promise<Record<K, string>> {
  const chunk = new Uint8Array(2 ** 20); // one for the whole file: a stream's chunks would pile up
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hashes = kinds.map(kind =>
      kind === 'gitId' ? createHash('sha1').update(`blob ${size}\0`) : createHash(kind),
    );
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) break;
      for (const hash of hashes) hash.update(chunk.subarray(0, bytesRead));
    }
    return Object.fromEntries(kinds.map((kind, i) => [kind, hashes[i]!.digest('hex')])) as Record<K, string>;
  } finally {
    await file.close();
  }
}
