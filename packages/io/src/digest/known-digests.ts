import { cacheFolder } from '../cache-folder.js';
import { makeFolder, readBytes } from '../runtime/files.js';
import { sha256Hex } from '../runtime/hash.js';
import { baseName, folderOf, joinPath } from '../runtime/paths.js';
import { replaceFile } from '../runtime/write.js';

/** Digests of the files in one folder, by name. */
type Folder = Map<string, { stamp: string; digest: string }>;

/** Digests of earlier calls and processes: a text file in the cache for each folder of digested files. */
export interface KnownDigests {
  /** @param path absolute; @param stamp the file's current stamp */
  find(path: string, stamp: string): Promise<string | undefined>;
  keep(path: string, stamp: string, digest: string): void;
  /** Writes the digests kept since; ignores a cache that cannot be written. */
  save(): Promise<void>;
}

/** @param root the folder of the digests */
export function knownDigests(root: string): KnownDigests {
  const folders = new Map<string, Promise<Folder>>();
  const added = new Map<string, Folder>();
  const fileOf = (folder: string) => joinPath(root, `${sha256Hex(folder)}.txt`);
  return {
    async find(path, stamp) {
      const folder = folderOf(path);
      const read = folders.get(folder) ?? readFolder(fileOf(folder));
      folders.set(folder, read);
      const name = baseName(path);
      const known = added.get(folder)?.get(name) ?? (await read).get(name);
      return known?.stamp === stamp ? known.digest : undefined;
    },
    keep(path, stamp, digest) {
      const folder = folderOf(path);
      const own = added.get(folder) ?? new Map();
      added.set(folder, own.set(baseName(path), { stamp, digest }));
    },
    async save() {
      for (const [folder, own] of added) {
        added.delete(folder);
        const all = new Map([...(await readFolder(fileOf(folder))), ...own]); // other processes may have written, too
        folders.set(folder, Promise.resolve(all));
        await writeFolder(root, fileOf(folder), all).catch(() => {}); // the next process computes them again
      }
    },
  };
}

let current: { root: string; known: KnownDigests } | undefined;

/** The digests in the cache folder, read once per process. */
export function digestsInCache(): KnownDigests {
  const root = joinPath(cacheFolder(), 'digests');
  if (current?.root !== root) current = { root, known: knownDigests(root) };
  return current.known;
}

/** The last line is a hash of the lines before it; a damaged file counts as empty. */
async function readFolder(file: string): Promise<Folder> {
  const text = await readBytes(file).then(
    bytes => new TextDecoder().decode(bytes),
    () => '',
  );
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const lines = text.slice(0, end);
  if (end === 0 || text.slice(end).trim() !== sha256Hex(lines)) return new Map();
  return new Map(
    lines
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as [name: string, stamp: string, digest: string])
      .map(([name, stamp, digest]) => [name, { stamp, digest }]),
  );
}

async function writeFolder(root: string, file: string, known: Folder): Promise<void> {
  const lines = [...known].map(([name, { stamp, digest }]) => `${JSON.stringify([name, stamp, digest])}\n`).join('');
  await makeFolder(root);
  await replaceFile(file, [lines, `${sha256Hex(lines)}\n`], { flush: false });
}
