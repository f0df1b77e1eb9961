import { bytesIn, fileAt, joinPath, kindAt, namesIn } from '@dgprompt/io';

/** Node's `stat`, as far as it is used here. */
export async function stat(path: string) {
  const isFolder = kindAt(path) === 'folder';
  const size = isFolder ? 0 : bytesIn(fileAt(path));
  return { size, isDirectory: () => isFolder, isFile: () => !isFolder };
}

interface FolderEntry {
  name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

export async function readdir(folder: string): Promise<string[]>;
export async function readdir(folder: string, options: { withFileTypes: true }): Promise<FolderEntry[]>;
export async function readdir(folder: string, options?: { withFileTypes: true }): Promise<string[] | FolderEntry[]> {
  const names = namesIn(folder);
  if (!options) return names;
  return names.map(name => {
    const isFolder = kindAt(joinPath(folder, name)) === 'folder';
    return { name, isDirectory: () => isFolder, isFile: () => !isFolder, isSymbolicLink: () => false };
  });
}
