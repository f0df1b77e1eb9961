/**
 * Files that outlive the tab, in the origin private file system: folders with files by name. Nothing is kept in
 * browsers without one (some browsers' private windows).
 */

const rootName = 'playground';

/** Writes a folder's files; a new version replaces the old one only once it is complete. */
export async function writeKept(path: string, files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Promise<void> {
  const folder = await folderAt(path, true);
  if (!folder) throw new Error('This browser has no private files.');
  const generation = String(Date.now());
  const making = await folder.getDirectoryHandle(generation, { create: true });
  try {
    for (const [name, bytes] of Object.entries(files)) await write(making, encodeURIComponent(name), bytes);
    await write(making, complete, new Uint8Array());
  } catch (error) {
    await folder.removeEntry(generation, { recursive: true }).catch(() => {});
    throw error;
  }
  for await (const name of folder.keys())
    if (name !== generation) await folder.removeEntry(name, { recursive: true }).catch(() => {});
}

/** The last complete version of a folder's files; undefined if there is none. */
export async function readKept(path: string): Promise<Record<string, Uint8Array<ArrayBuffer>> | undefined> {
  const folder = await folderAt(path, false);
  if (!folder) return undefined;
  const generations: string[] = [];
  for await (const name of folder.keys()) generations.push(name);
  for (const generation of generations.sort().reverse()) {
    const files = await readAll(await folder.getDirectoryHandle(generation));
    if (complete in files) {
      delete files[complete];
      return files;
    }
  }
  return undefined;
}

export async function removeKept(path: string): Promise<void> {
  const names = path.split('/');
  const parent = await folderAt(names.slice(0, -1).join('/'), false);
  await parent?.removeEntry(names.at(-1)!, { recursive: true }).catch(() => {});
}

/** Names in a folder. */
export async function listKept(path: string): Promise<string[]> {
  const folder = await folderAt(path, false);
  const names: string[] = [];
  if (folder) for await (const name of folder.keys()) names.push(name);
  return names;
}

/** This file marks a version as complete. */
const complete = '.complete';

async function folderAt(path: string, create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    let folder = await navigator.storage.getDirectory();
    for (const name of [rootName, ...path.split('/').filter(part => part !== '')])
      folder = await folder.getDirectoryHandle(name, { create });
    return folder;
  } catch (error) {
    if (create && (error as DOMException).name === 'QuotaExceededError') throw error;
    return undefined;
  }
}

async function write(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  try {
    await stream.write(bytes);
  } catch (error) {
    await stream.abort().catch(() => {});
    throw error;
  }
  await stream.close();
}

async function readAll(folder: FileSystemDirectoryHandle): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for await (const [name, handle] of folder.entries())
    if (handle.kind === 'file')
      files[decodeURIComponent(name)] = new Uint8Array(
        await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer(),
      );
  return files;
}
