import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that can still be written below a path, which need not exist; undefined if the system does not report it. */
export async function freeBytes(path: string): Promise<number | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (dirname(at) === at) return undefined;
  }
}
