import { basename, dirname, extname, join, resolve } from 'node:path';
import { dataWarnings } from './warnings.js';
import { type Dataset, defaultTemplates, type Item } from '../dataset.js';
import { folderNames, imageNames, isFile, isFolder, sorted } from '../files/listing.js';
import { missingFiles } from '../files/missing-files.js';
import { classNamesOf } from './class-names.js';
import { isListName, type ListedImage, readImageList } from './image-list.js';
import { splitBySeed } from './split.js';

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
  /** Put all images into `test` where the folder does not bring its own split: to judge on, one image of one class is enough. */
  testOnly?: boolean;
}

/**
 * A dataset from images of one's own: a folder with one folder of images per class, or a list of images (see `readImageList`).
 *
 * If the folder holds `train` and `test` (and perhaps `val`), those are the splits, each with class folders of its own; a list may
 * have a column for it. Otherwise every class is split by seed, 50 % train, 20 % val, 30 % test, at least one image each for train
 * and test. Classes and images are sorted by name, so the result does not depend on the disk. Files that are no images are passed over.
 *
 * A class is called what its folder is called, cleaned (see `cleanClassName`); `classnames.json` beside the class folders, `train` or
 * the list overrides that: `{"folder": "class name"}`. What would make training pointless (classes of one image or named by numbers,
 * the same image in training and test, …) is in the result's `warnings`.
 *
 * @param path the folder, or a `.csv`, `.tsv` or `.json` file
 * @throws Error naming the folder, if it has fewer than two classes or a class without enough images
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<Dataset> {
  const root = resolve(path);
  const isList = isListName(root) && (await isFile(root));
  const parts = isList ? await readList(root, options) : await readFolders(root, options);
  const dataset = {
    name: options.name ?? basename(root, isList ? extname(root) : ''),
    templates: [...(options.templates ?? defaultTemplates)],
    ...parts,
  };
  const warnings = await dataWarnings(dataset);
  return warnings.length > 0 ? { ...dataset, warnings } : dataset;
}

/** What the folders of a training, validation and test set are called, whatever the case. */
const splitFolders = [
  ['train', 'training'],
  ['val', 'valid', 'validation'],
  ['test', 'testing'],
];

type Parts = Pick<Dataset, 'classNames' | 'train' | 'val' | 'test'>;

async function readFolders(root: string, options: FolderOptions): Promise<Parts> {
  const inside = await folderNames(root);
  const [train, val, test] = splitFolders.map(names => inside.find(name => names.includes(name.toLowerCase())));
  if (train && val && !test) {
    throw new Error(
      `${root} has ${train} and ${val} but no test; rename ${val} to test, or add the images to test with.`,
    );
  }
  return train && test ? readSplitFolders(root, { train, val, test }) : readClassFolders(root, inside, options);
}

async function readSplitFolders(root: string, named: { train: string; val?: string; test: string }): Promise<Parts> {
  const folders = await folderNames(join(root, named.train));
  await requireTwoClasses(folders, join(root, named.train));
  const classNames = await classNamesOf(root, folders);
  const read = async (split: string | undefined): Promise<Item[]> => {
    if (split === undefined) return [];
    const present = await folderNames(join(root, split));
    const stranger = present.find(name => !folders.includes(name));
    if (stranger !== undefined) {
      throw new Error(`${join(root, split, stranger)} is a class that ${join(root, named.train)} does not have.`);
    }
    const perClass = await Promise.all(
      folders.map(async (folder, label) => {
        const paths = present.includes(folder) ? await images(join(root, split, folder)) : [];
        if (split === named.train && paths.length === 0) throw new Error(await noImages(join(root, split, folder)));
        return paths.map(path => ({ path, label, classname: classNames[label]! }));
      }),
    );
    return perClass.flat();
  };
  return { classNames, train: await read(named.train), val: await read(named.val), test: await read(named.test) };
}

async function readClassFolders(root: string, folders: string[], options: FolderOptions): Promise<Parts> {
  if (!options.testOnly || folders.length === 0) await requireTwoClasses(folders, root);
  const classNames = await classNamesOf(root, folders);
  const classes = await Promise.all(
    folders.map(async (folder, label) => {
      const paths = await images(join(root, folder));
      if (paths.length === 0) throw new Error(await noImages(join(root, folder)));
      return paths.map(path => ({ path, label, classname: classNames[label]! }));
    }),
  );
  return {
    classNames,
    ...splitBySeed(
      classes,
      folders.map(folder => join(root, folder)),
      options,
    ),
  };
}

async function readList(file: string, options: FolderOptions): Promise<Parts> {
  const listed = await readImageList(file);
  const folders = sorted([...new Set(listed.map(({ folder }) => folder))]);
  if (folders.length < (options.testOnly ? 1 : 2))
    throw new Error(`${file} names ${folders.length} class(es); two are the least.`);
  const classNames = await classNamesOf(dirname(file), folders);
  const item = ({ path, folder }: ListedImage): Item => {
    const label = folders.indexOf(folder);
    return { path, label, classname: classNames[label]! };
  };
  const without = listed.find(({ split }) => split === undefined);
  let parts: Parts;
  if (without === undefined) {
    const of = (wanted: string) => listed.filter(({ split }) => split === wanted).map(item);
    parts = { classNames, train: of('train'), val: of('val'), test: of('test') };
    const untrained = classNames.find((_, label) => !parts.train.some(one => one.label === label));
    if (untrained !== undefined) throw new Error(`${file} has no training image of class "${untrained}".`);
  } else if (listed.every(({ split }) => split === undefined)) {
    const all = listed.map(item);
    const classes = folders.map((_, label) => all.filter(one => one.label === label));
    parts = {
      classNames,
      ...splitBySeed(
        classes,
        folders.map(folder => `${file}: class ${folder}`),
        options,
      ),
    };
  } else {
    throw new Error(`${file} gives some images a split, but not ${without.path}; give it to all or to none.`);
  }
  const missing = await missingFiles({ name: '', templates: [], ...parts });
  if (missing.length > 0) {
    throw new Error(`${file} lists ${missing.length} image(s) that are not there, ${missing[0]!.path} first.`);
  }
  return parts;
}

async function requireTwoClasses(folders: string[], path: string): Promise<void> {
  if (folders.length >= 2) return;
  const [only] = folders;
  const deeper = only !== undefined && (await folderNames(join(path, only))).length >= 2;
  throw new Error(
    deeper
      ? `${path} holds the classes one folder too deep: they seem to be in ${join(path, only)}.`
      : `${path} has ${folders.length} class folder(s); put the images of each class into a folder of its own.`,
  );
}

const images = async (path: string): Promise<string[]> => (await imageNames(path)).map(name => join(path, name));

async function noImages(path: string): Promise<string> {
  const [first] = await folderNames(path);
  const deeper =
    first !== undefined && (await isFolder(join(path, first))) && (await images(join(path, first))).length > 0;
  return deeper
    ? `${path} has no images but folders of images: the classes seem to be one folder too deep.`
    : `${path} has no images; a class needs two, to train and to test.`;
}
