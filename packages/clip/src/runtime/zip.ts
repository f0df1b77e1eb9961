import { checkZip } from '@dgprompt/io';
import yauzl, { type Entry } from 'yauzl';
import type { ZipEntry } from './zip-entry.js';

export type { ZipEntry } from './zip-entry.js';

/**
 * Lists a zip archive, after checking its positions, before the library reads it.
 *
 * @param most entries
 * @throws a sentence without the archive's name if it has more entries, a duplicate one, or positions that do not fit
 */
export async function openZip(path: string, most: number): Promise<{ entries: Map<string, ZipEntry>; close(): void }> {
  checkZip(path, most);
  const zip = await yauzl.openPromise(path, { autoClose: false, lazyEntries: true });
  try {
    const read = async (entry: Entry, most: number) => {
      const { fileName, uncompressedSize: size } = entry;
      if (size > most) throw new Error(`its ${shown(fileName)} would take ${size} bytes`);
      const content = new Uint8Array(size);
      let length = 0;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        if (length + chunk.length > size) throw new Error(`its ${shown(fileName)} is larger than its header says`);
        content.set(chunk as Uint8Array, length);
        length += chunk.length;
      }
      if (length !== size) throw new Error(`its ${shown(fileName)} is cut short`);
      return content;
    };
    const entries = new Map<string, ZipEntry>();
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw new Error(`it has ${shown(entry.fileName)} twice`);
      entries.set(entry.fileName, {
        name: entry.fileName,
        size: entry.uncompressedSize,
        isPlain: entry.compressionMethod === 0 && !entry.isEncrypted(),
        start: async () => (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart,
        read: most => read(entry, most),
      });
    }
    return { entries, close: () => zip.close() };
  } catch (cause) {
    zip.close();
    throw cause;
  }
}

/** A name from the archive for an error: escaped, and at most a line long. */
const shown = (name: string): string => JSON.stringify(name.slice(0, 100));
