import type { Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** The digest of a file's bytes, in hex, added to what a hash has taken in already. */
export async function fileDigest(path: string, hash: Hash): Promise<string> {
  const chunk = Buffer.alloc(2 ** 20); // one for all: a stream's would pile up
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
