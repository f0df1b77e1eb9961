import { errorCode } from '@dgprompt/io';
import { readdir, stat } from '../runtime/folders.js';
import { basename, dirname, join, relative, resolve } from '../runtime/paths.js';
import { cannotRead, isFolder, sorted } from './listing.js';

/** Maximum number of folders to search for a misplaced file: enough for a slip, and quick even on a whole disk. */
const most = 4000;
const deepest = 3;

/**
 * Finds a part of a dataset.
 *
 * @param root the folder with the datasets' folders
 * @param folder the dataset's folder in it, such as `caltech-101`
 * @param inside the part, such as `101_ObjectCategories`
 * @returns the absolute path
 * @throws a sentence if it does not exist, with the place where it seems to be: one folder too deep, in another root, …
 */
export async function locate(root: string, folder: string, inside = ''): Promise<string> {
  const wanted = join(resolve(root), folder, inside);
  if (await exists(wanted)) return wanted;
  if (!(await isFolder(root))) {
    throw new Error(
      (await exists(root))
        ? `${root} is not a folder; the root is the folder that contains ${folder}.`
        : `There is no folder ${root}; the root is the folder that contains ${folder}.`,
    );
  }
  throw new Error(await whereElse(resolve(root), folder, inside, wanted));
}

async function whereElse(root: string, folder: string, inside: string, wanted: string): Promise<string> {
  if (basename(root) === folder && (await exists(join(root, inside)))) {
    return `${wanted} does not exist: the root is one folder too deep; give ${dirname(root)} instead of ${root}.`;
  }
  if (await isFolder(join(root, folder))) {
    if (inside === '') return `${wanted} does not exist.`;
    const found = await search(join(root, folder), inside);
    if (found) return tooDeep(wanted, found);
    const loose = await isFolder(join(root, inside));
    if (loose) return `${wanted} does not exist; it seems to be at ${join(root, inside)}: move it into ${folder}.`;
    return `${wanted} does not exist; prepare the dataset again, or check ${join(root, folder)}.`;
  }
  const found = await search(root, join(folder, inside));
  if (found) return tooDeep(wanted, found);
  const alike = await namesake(root, folder);
  if (alike)
    return `${join(root, folder)} does not exist; it seems to be at ${join(root, alike)}: rename it to ${folder}.`;
  return `${join(root, folder)} does not exist; give the root that contains it, or run dgprompt data prepare ${folder}.`;
}

const tooDeep = (wanted: string, found: string) => {
  const levels = relative(wanted, found).startsWith('..') ? depth(found) - depth(wanted) : 1;
  const where = levels === 1 ? 'one folder too deep' : levels > 1 ? `${levels} folders too deep` : 'elsewhere';
  return `${wanted} does not exist; it is ${where}: it seems to be at ${found}.`;
};

const depth = (path: string) => path.split(/[\\/]/).length;

/**
 * The nearest place below a folder where `tail` exists, level by level; undefined if there is none.
 * @param tail a path such as `images` or `101_ObjectCategories/accordion/image_0001.jpg`
 */
export async function search(from: string, tail: string): Promise<string | undefined> {
  let level = [from];
  let seen = 0;
  for (let step = 0; step <= deepest && level.length > 0; step++) {
    for (const folder of level) if (step > 0 && (await exists(join(folder, tail)))) return join(folder, tail);
    const next: string[] = [];
    for (const folder of level) {
      if (seen++ > most) return undefined;
      for (const name of await subfolders(folder)) next.push(join(folder, name));
    }
    level = next;
  }
  return undefined;
}

async function subfolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter(entry => entry.isDirectory() || entry.isSymbolicLink());
  return sorted(folders.map(({ name }) => name).filter(name => !name.startsWith('.')));
}

/** A folder whose name differs only in case, dashes and the like: `Caltech101` for `caltech-101`. */
async function namesake(root: string, folder: string): Promise<string | undefined> {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (await subfolders(root)).find(name => plain(name) === plain(folder));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new Error(cannotRead(path, cause), { cause });
  }
}
