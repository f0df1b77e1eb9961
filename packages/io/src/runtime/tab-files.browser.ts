import { join, relative, resolve } from './posix-path.browser.js';

/** The content of a file: bytes, or a `File` or `Blob`, of which only the needed parts are read. */
export type TabFile = Uint8Array | Blob;

/** A file whose bytes are generated at each read and take no memory in between. */
export type MadeFile = () => Uint8Array;

interface Entry {
  content: TabFile;
  /** Number of its last change. */
  version: number;
  /** Milliseconds since 1970. */
  changed: number;
}

/**
 * In a browser, paths refer to files of the tab: the functions that read and write files find them here. Each worker
 * has its own.
 */
const files = new Map<string, Omit<Entry, 'content'> & { content: TabFile | MadeFile }>();
const folders = new Set<string>(['/']);
let changes = 0;

/**
 * Puts files into a folder of the tab, where paths can refer to them: for example a data set or a classifier that the
 * user dropped.
 *
 * @param folder such as `/flowers`
 * @param content by file name or path below the folder
 *
 * @example
 * ```ts
 * import { putFiles, takeFiles } from '@dgprompt/io'; // in a browser
 *
 * putFiles('/notes', { 'a.txt': new TextEncoder().encode('first') });
 * console.log(Object.keys(await takeFiles('/notes'))); // [ 'a.txt' ]
 * ```
 */
export function putFiles(
  folder: string,
  content: Readonly<Record<string, TabFile | MadeFile>> | ReadonlyMap<string, TabFile | MadeFile>,
): void {
  const all = content instanceof Map ? content : Object.entries(content);
  for (const [name, file] of all as Iterable<[string, TabFile | MadeFile]>) putFile(join(folder, name), file);
}

/**
 * The files of a folder of the tab and of the folders in it, for example those that `method.save` has written.
 *
 * @returns bytes by path below the folder; none if there is no such folder
 */
export async function takeFiles(folder: string): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const found: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const path of pathsBelow(folder)) found[relative(folder, path)] = await bytesOf(path);
  return found;
}

export function putFile(path: string, content: TabFile | MadeFile): void {
  const file = resolve(path);
  makeFolders(resolve(file, '..'));
  files.set(file, { content, version: ++changes, changed: Date.now() });
}

export function makeFolders(path: string): void {
  for (let folder = resolve(path); !folders.has(folder); folder = resolve(folder, '..')) folders.add(folder);
}

export function entryAt(path: string): Entry | undefined {
  const entry = files.get(resolve(path));
  if (entry === undefined) return undefined;
  const { content } = entry;
  return { ...entry, content: typeof content === 'function' ? content() : content };
}

export function kindAt(path: string): 'file' | 'folder' | undefined {
  const full = resolve(path);
  return files.has(full) ? 'file' : folders.has(full) ? 'folder' : undefined;
}

/** @throws an error with Node's error code */
export function fileAt(path: string): Entry {
  const entry = entryAt(path);
  if (entry) return entry;
  throw kindAt(path) ? coded('EISDIR', 'it is a folder') : coded('ENOENT', 'there is no such file');
}

export const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

export const bytesIn = ({ content }: Pick<Entry, 'content'>): number =>
  content instanceof Blob ? content.size : content.length;

/** Bytes of a file. @throws what `fileAt` throws; the browser's error if there is not enough memory */
export const bytesOf = (path: string): Promise<Uint8Array<ArrayBuffer>> => contentBytes(fileAt(path));

export async function contentBytes({ content }: Pick<Entry, 'content'>): Promise<Uint8Array<ArrayBuffer>> {
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : new Uint8Array(content);
}

/** Names in a folder. */
export function namesIn(folder: string): string[] {
  const full = resolve(folder);
  if (!folders.has(full))
    throw files.has(full) ? coded('ENOTDIR', 'it is a file') : coded('ENOENT', 'there is no such folder');
  const inside = full === '/' ? '/' : `${full}/`;
  const names = [...files.keys(), ...folders]
    .filter(path => path.startsWith(inside) && path !== inside && !path.slice(inside.length).includes('/'))
    .map(path => path.slice(inside.length));
  return [...new Set(names)].sort();
}

export function pathsBelow(folder: string): string[] {
  const inside = resolve(folder) === '/' ? '/' : `${resolve(folder)}/`;
  return [...files.keys()].filter(path => path.startsWith(inside));
}

export function removeAt(path: string): void {
  const full = resolve(path);
  for (const known of [files, folders])
    for (const one of [...known.keys()]) if (one === full || one.startsWith(`${full}/`)) known.delete(one);
}

export function moveTo(from: string, to: string): void {
  if (files.has(resolve(from))) putFile(to, files.get(resolve(from))!.content);
  else for (const path of pathsBelow(from)) putFile(join(to, relative(from, path)), files.get(path)!.content);
  removeAt(from);
}
