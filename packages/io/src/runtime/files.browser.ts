import {
  bytesIn,
  bytesOf,
  contentBytes,
  entryAt,
  fileAt,
  kindAt,
  makeFolders,
  moveTo,
  namesIn,
  pathsBelow,
  removeAt,
} from './tab-files.browser.js';

export const errorCode = (cause: unknown): string | undefined => {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

export const readBytes = async (path: string): Promise<Uint8Array> => bytesOf(path);

export const pathExists = async (path: string): Promise<boolean> => kindAt(path) !== undefined;

export const makeFolder = async (path: string): Promise<void> => makeFolders(path);

export const listFolder = async (path: string): Promise<string[]> => namesIn(path);

export const removePath = async (path: string): Promise<void> => removeAt(path);

export const movePath = async (from: string, to: string): Promise<void> => moveTo(from, to);

export const sizeOf = async (path: string): Promise<number> => {
  const entry = entryAt(path);
  return entry ? bytesIn(entry) : 0;
};

export const freeSpace = async (_folder: string): Promise<number | undefined> => undefined;

export const removeEmptyFolder = async (folder: string): Promise<void> => {
  if (kindAt(folder) === 'folder' && pathsBelow(folder).length === 0) removeAt(folder);
};

/** A URL that the browser can fetch, in place of a path. */
const address = /^(https?|blob|data):/;

/** As in Node; a path may also be a URL (`https:`, `blob:`, `data:`). */
export async function readPlainFile(path: string, most = 2 ** 30): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (address.test(path)) return await fetched(path);
    const file = fileAt(path); // once: some are regenerated at each read
    const size = bytesIn(file);
    if (size > most) throw new Error(`its ${size} bytes are more than ${most}`);
    return await contentBytes(file);
  } catch (cause) {
    throw new Error(`${path.slice(0, 200)} cannot be read: ${readReason(cause)}.`, { cause });
  }
}

async function fetched(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export function readReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0]!.replace(/\.$/, '');
}
