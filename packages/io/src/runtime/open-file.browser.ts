import { readReason } from './files.browser.js';
import type { OpenFile } from './open-file-type.js';
import { bytesIn, fileAt, type TabFile } from './tab-files.browser.js';

export type { OpenFile } from './open-file-type.js';

export function openFile(path: string): OpenFile {
  let content: TabFile;
  try {
    content = fileAt(path).content;
  } catch (cause) {
    throw new Error(`${path} cannot be opened: ${readReason(cause)}.`, { cause });
  }
  const size = bytesIn({ content });
  const read = (start: number, end: number) => {
    if (end > size) throw new Error(`${path} is cut short: it ends at byte ${size}.`);
    return content instanceof Blob
      ? blobBytes(path, content.slice(start, end))
      : new Uint8Array(content.slice(start, end));
  };
  return { path, size, read, readInto: (bytes, start) => bytes.set(read(start, start + bytes.length)), close() {} };
}

/** Reads synchronously, which browsers allow only in workers. */
function blobBytes(path: string, blob: Blob): Uint8Array<ArrayBuffer> {
  const { FileReaderSync: Reader } = globalThis as {
    FileReaderSync?: new () => { readAsArrayBuffer(b: Blob): ArrayBuffer };
  };
  if (!Reader)
    throw new Error(
      `${path} is a File, which only a worker can read in parts: load it in a worker, or give its bytes.`,
    );
  try {
    return new Uint8Array(new Reader().readAsArrayBuffer(blob));
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${readReason(cause)}.`, { cause });
  }
}
