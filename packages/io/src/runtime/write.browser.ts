import { entryAt, makeFolders, putFile } from './tab-files.browser.js';

const bytesFor = (part: string | Uint8Array) => (typeof part === 'string' ? new TextEncoder().encode(part) : part);

const joined = async (parts: (string | Uint8Array)[]) =>
  new Uint8Array(await new Blob(parts.map(part => bytesFor(part) as Uint8Array<ArrayBuffer>)).arrayBuffer());

export async function replaceFile(
  path: string,
  parts: Iterable<string | Uint8Array>,
  _options: { flush?: boolean } = {},
): Promise<void> {
  putFile(path, await joined([...parts]));
}

export async function probeFolder(folder: string): Promise<void> {
  makeFolders(folder);
}

export async function openForWriting(path: string, { append }: { append: boolean }) {
  const before = append ? entryAt(path)?.content : undefined;
  const parts: BlobPart[] = before ? [before as BlobPart] : [];
  return {
    async write(bytes: Uint8Array) {
      parts.push(bytes.slice());
    },
    async close() {
      putFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
    },
  };
}
