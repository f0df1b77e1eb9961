import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readReason } from './files.js';
import type { OpenFile } from './open-file-type.js';

export type { OpenFile } from './open-file-type.js';

/**
 * Opens a file for reading at any position, without reading all of it. Reads block.
 *
 * @throws one sentence naming the file if it cannot be opened
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, openFile, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'letters');
 * await writeFileAtomic(path, 'abcdef');
 * const file = openFile(path);
 * console.log(file.size, file.read(2, 4)); // 6 Uint8Array(2) [ 99, 100 ]
 * file.close();
 * ```
 */
export function openFile(path: string): OpenFile {
  let descriptor: number;
  try {
    const found = statSync(path);
    if (!found.isFile() && !found.isDirectory()) throw new Error('it is a pipe, a device or a socket');
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw new Error(`${path} cannot be opened: ${readReason(cause)}.`, { cause });
  }
  let open = true;
  const readInto = (bytes: Uint8Array, start: number) => {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(descriptor, bytes, done, Math.min(bytes.length - done, 2 ** 30), start + done);
      if (read === 0) throw new Error(`${path} is cut short: it ends at byte ${start + done}.`);
      done += read;
    }
  };
  return {
    path,
    size: fstatSync(descriptor).size,
    readInto,
    read(start, end) {
      const bytes = new Uint8Array(new ArrayBuffer(end - start));
      readInto(bytes, start);
      return bytes;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
