import { readReason } from '@dgprompt/io';
import { readdir, stat } from '../runtime/folders.js';
import { join } from '../runtime/paths.js';

const imageFile = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|p[bgpn]m|avif|hei[cf])$/i;
/** Folders that photo stations, macOS and Windows put next to pictures: thumbnails, forks and bins. */
const besidePictures = new Set(['@eadir', '__macosx', '#recycle', '$recycle.bin', 'system volume information']);

/**
 * Whether a folder's name marks it as one without the user's pictures: thumbnails, forks or deleted files.
 *
 * @example
 * ```ts
 * import { isBesidePictures } from '@dgprompt/datasets/files';
 *
 * console.log(isBesidePictures('@eaDir'), isBesidePictures('daisy')); // true false
 * ```
 */
export const isBesidePictures = (name: string): boolean =>
  name.startsWith('.') || besidePictures.has(name.toLowerCase());

/** Whether a file's name is that of a HEIC. */
export const isHeicName = (name: string): boolean => /\.hei[cf]$/i.test(name);

/** Whether a file's name is that of an image. */
export const isImageName = (name: string): boolean => imageFile.test(name) && !name.startsWith('.');

/** Whether there is a folder (or a link to one) at a path. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/** Whether there is a file (or a link to one) at a path. */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  );

/** @throws a sentence naming a file that is a pipe, a device or a socket, which may never end */
export async function requirePlainFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory())
    throw new Error(`${path} is a pipe, a device or a socket, but a plain file is needed.`);
}

/**
 * Names of the folders in a folder, sorted. Links are followed; names that start with a dot are skipped, and so are
 * folders of thumbnails such as `@eaDir` and `__MACOSX`.
 *
 * @throws a sentence if the folder does not exist or cannot be read
 */
export async function folderNames(path: string): Promise<string[]> {
  const entries = await list(path);
  const keep = await Promise.all(
    entries.map(entry => (entry.isSymbolicLink() ? isFolder(join(path, entry.name)) : entry.isDirectory())),
  );
  return sorted(entries.filter((entry, i) => keep[i] && !isBesidePictures(entry.name)).map(({ name }) => name));
}

/** Names of the image files in a folder, sorted, without pipes, devices and sockets. @throws as `folderNames` */
export async function imageNames(path: string): Promise<string[]> {
  const entries = (await list(path)).filter(entry => entry.isFile() || entry.isSymbolicLink());
  return sorted(entries.filter(entry => isImageName(entry.name)).map(({ name }) => name));
}

/** Paths of all files below a folder, sorted. Links are not followed. */
export async function filesBelow(path: string): Promise<string[]> {
  const entries = await list(path);
  const found = await Promise.all(
    entries.map(entry => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return sorted(found.flat());
}

/** Sorted by code unit, so that the order does not depend on the machine's language. */
export const sorted = (names: string[]): string[] => names.sort();

async function list(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(cannotRead(path, cause), { cause });
  });
  const unreadable = entries.find(({ name }) => name.includes('\ufffd'));
  if (unreadable) throw new Error(`${join(path, unreadable.name)}: this name is not UTF-8; rename it.`);
  return entries;
}

/** One sentence about a folder or file that cannot be read. */
export function cannotRead(path: string, cause: unknown): string {
  const { code, message } = cause as { code?: string; message: string };
  if (code === undefined && message.startsWith(path)) return message;
  if (code === 'ENOENT') return `${path} does not exist.`;
  if (code === 'EACCES' || code === 'EPERM') return `${path} cannot be read: permission denied.`;
  if (code === 'ENOTDIR') return `${path} is not a folder.`;
  if (code === 'EISDIR') return `${path} is a folder, but a file is needed.`;
  if (code !== undefined) return `${path} cannot be read: ${readReason(cause)}.`;
  return `${path} cannot be read (${message}).`;
}
