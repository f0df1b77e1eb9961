import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Dataset, defaultTemplates, type Item } from './dataset.js';
import { pythonRandom } from './python-random.js';

/** How a folder of class folders becomes a dataset. */
export interface FolderOptions {
  /** Default: the folder's own name. */
  name?: string;
  /** Default: `a photo of a {}.` */
  templates?: readonly string[];
  /** Seed of the split where the folder does not bring its own; default 1. */
  seed?: number;
  /** Share of each class's images for training and validation, the rest are for testing; default 0.5 and 0.2, CoOp's. */
  fractions?: { train: number; val: number };
}

const imageFile = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;

/**
 * A dataset from a folder with one folder of images per class; a class is called what its folder is called.
 *
 * If the folder holds `train` and `test` (and perhaps `val`), those are the splits, each with class folders of its own.
 * Otherwise every class is split by seed, 50 % train, 20 % val, 30 % test, at least one image each for train and test.
 * Classes and images are sorted by name, so the result does not depend on the disk. Files that are no images are passed over.
 *
 * @param path the folder
 * @throws Error naming the folder, if it has fewer than two classes or a class without enough images
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<Dataset> {
  const root = resolve(path);
  const inside = await folders(root);
  const isSplit = inside.includes('train') && inside.includes('test');
  const parts = isSplit ? await readSplitFolders(root, inside) : await splitBySeed(root, inside, options);
  return {
    name: options.name ?? basename(root),
    templates: [...(options.templates ?? defaultTemplates)],
    ...parts,
  };
}

type Parts = Pick<Dataset, 'classNames' | 'train' | 'val' | 'test'>;

async function readSplitFolders(root: string, inside: string[]): Promise<Parts> {
  const classNames = await folders(join(root, 'train'));
  requireTwoClasses(classNames, join(root, 'train'));
  const read = async (split: string): Promise<Item[]> => {
    if (!inside.includes(split)) return [];
    const present = await folders(join(root, split));
    const stranger = present.find(name => !classNames.includes(name));
    if (stranger !== undefined) {
      throw new Error(`${join(root, split, stranger)} is a class that ${join(root, 'train')} does not have.`);
    }
    const perClass = await Promise.all(
      classNames.map(async (classname, label) => {
        const paths = present.includes(classname) ? await images(join(root, split, classname)) : [];
        if (split === 'train' && paths.length === 0) throw new Error(`${join(root, split, classname)} has no images.`);
        return paths.map(path => ({ path, label, classname }));
      }),
    );
    return perClass.flat();
  };
  return { classNames, train: await read('train'), val: await read('val'), test: await read('test') };
}

async function splitBySeed(root: string, classNames: string[], options: FolderOptions): Promise<Parts> {
  requireTwoClasses(classNames, root);
  const { train: trainShare, val: valShare } = options.fractions ?? { train: 0.5, val: 0.2 };
  if (!(trainShare > 0 && valShare >= 0 && trainShare + valShare < 1)) {
    throw new RangeError('fractions: train must be above 0, val at least 0, and both together below 1.');
  }
  const random = pythonRandom(options.seed ?? 1);
  const parts: Parts = { classNames, train: [], val: [], test: [] };
  for (const [label, classname] of classNames.entries()) {
    const paths = await images(join(root, classname));
    if (paths.length < 2) {
      throw new Error(
        `${join(root, classname)} has ${paths.length} image(s); a class needs two, to train and to test.`,
      );
    }
    const items = random.shuffle(paths.map(path => ({ path, label, classname })));
    const trainCount = Math.min(Math.max(1, Math.round(items.length * trainShare)), items.length - 1);
    const valCount = Math.min(Math.round(items.length * valShare), items.length - trainCount - 1);
    parts.train.push(...items.slice(0, trainCount));
    parts.val.push(...items.slice(trainCount, trainCount + valCount));
    parts.test.push(...items.slice(trainCount + valCount));
  }
  return parts;
}

function requireTwoClasses(classNames: string[], path: string): void {
  if (classNames.length < 2) {
    throw new Error(
      `${path} has ${classNames.length} class folder(s); put the images of each class into a folder of its own.`,
    );
  }
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const isFolder = await Promise.all(
    entries.map(async entry =>
      entry.isSymbolicLink() ? (await stat(join(path, entry.name))).isDirectory() : entry.isDirectory(),
    ),
  );
  return entries
    .filter((entry, i) => isFolder[i] && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort();
}

async function images(path: string): Promise<string[]> {
  const names = await readdir(path);
  return names
    .filter(name => imageFile.test(name) && !name.startsWith('.'))
    .sort()
    .map(name => join(path, name));
}
