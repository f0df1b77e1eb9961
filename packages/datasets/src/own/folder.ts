import { createDataset, type Dataset, defaultTemplates, type Item } from '../dataset.js';
import { isArchiveName, nameInArchive, unpackedFolder } from '../files/archive.js';
import { folderNames, imageNames, isFile, isFolder, isHeicName, sorted } from '../files/listing.js';
import { missingFiles } from '../files/missing-files.js';
import { basename, dirname, extname, join, resolve } from '../runtime/paths.js';
import { classNamesOf } from './class-names.js';
import { type HeicFilter, heicFilter, heicSentence } from './heic.js';
import { isListName, type ListedImage, readImageList } from './image-list.js';
import { splitBySeed } from './split.js';
import { dataWarnings } from './warnings.js';

/** How to make a dataset from a folder or list. */
export interface FolderOptions {
  /** Defaults to the folder's name. */
  name?: string;
  /** Default `a photo of a {}.` */
  templates?: readonly string[];
  /**
   * Seed of the split if the folder has none; default 1. Few-shot sets and training have their own seeds, so that all
   * of them share one split, as with published datasets.
   */
  seed?: number;
  /**
   * Shares of each class's images for training and validation, the rest is for testing; default 0.5 and 0.2, as in
   * CoOp.
   */
  fractions?: { train: number; val: number };
  /** Put all images into `test` if the folder has no split; then one image of one class is enough. */
  testOnly?: boolean;
}

/**
 * Makes a dataset from your own images: a folder with one folder of images per class, or a list of images: CSV or TSV
 * with a header (`path,class,split`), or JSON with a list of `{"path", "class", "split"}`; the split is optional, and
 * paths are relative to the list.
 *
 * If the folder contains `train` and `test` (and optionally `val`), those are the splits, each with class folders.
 * Otherwise every class is split by seed: 50 % train, 20 % val, 30 % test, with at least one image for train and test.
 * Classes and images are sorted by name, so the result does not depend on the disk. Files that are not images are
 * skipped, and so are folders of thumbnails such as `@eaDir`, `__MACOSX` and those that begin with a dot. HEIC files
 * that cannot be decoded are skipped and counted in a warning. An archive (zip, tar, tar.gz, rar) in place of the
 * folder is unpacked into the cache folder.
 *
 * A class is named after its folder (see `cleanClassName`); `classnames.json` next to the class folders, `train` or the
 * list takes precedence: `{"folder": "class name"}`. Problems that make training pointless (classes with one image or
 * named by numbers, the same image in training and test, …) are in the result's `warnings`.
 *
 * @param path the folder, an archive of it, or a `.csv`, `.tsv` or `.json` file
 * @throws a sentence naming the folder if it has fewer than two classes, or a class without enough images
 *
 * @example
 * ```ts
 * import { folder } from '@dgprompt/datasets';
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const root = mkdtempSync(join(tmpdir(), 'x-'));
 * for (const name of ['daisy', 'tea_rose']) {
 *   mkdirSync(join(root, name));
 *   for (let i = 0; i < 10; i++) writeFileSync(join(root, name, `${i}.jpg`), `${name} ${i}`);
 * }
 * const flowers = await folder(root);
 * console.log(flowers.classNames, flowers.train.length, flowers.val.length, flowers.test.length);
 * // [ 'daisy', 'tea rose' ] 10 4 6
 * ```
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<Dataset> {
  const given = resolve(path);
  const isArchive = isArchiveName(given) && (await isFile(given));
  const root = isArchive ? await unpackedFolder(given) : given;
  const isList = isListName(root) && (await isFile(root));
  const heic = heicFilter();
  const parts = isList ? await readList(root, options) : await readFolders(root, options, heic);
  const dataset = createDataset({
    name: options.name ?? (isArchive ? nameInArchive(given) : basename(root, isList ? extname(root) : '')),
    templates: [...(options.templates ?? defaultTemplates)],
    ...parts,
  });
  const leftOut = [heic.warning(dataset.name), isList ? undefined : await nestedWarning(dataset)];
  const warnings = [...leftOut.filter(one => one !== undefined), ...(await dataWarnings(dataset))];
  return { ...dataset, warnings };
}

/** Names of the folders of the splits; case is ignored. */
const splitFolders = [
  ['train', 'training'],
  ['val', 'valid', 'validation'],
  ['test', 'testing'],
];

type OwnSplits = Pick<Dataset, 'classNames' | 'train' | 'val' | 'test'>;

async function readFolders(root: string, options: FolderOptions, heic: HeicFilter): Promise<OwnSplits> {
  const inside = await folderNames(root);
  const [train, val, test] = splitFolders.map(names => inside.find(name => names.includes(name.toLowerCase())));
  if (train && val && !test) {
    throw new Error(
      `${root} has ${train} and ${val} but no test; rename ${val} to test, or add a folder of test images.`,
    );
  }
  return train && test
    ? readSplitFolders(root, { train, val, test }, heic)
    : readClassFolders(root, inside, options, heic);
}

async function readSplitFolders(
  root: string,
  named: { train: string; val?: string; test: string },
  heic: HeicFilter,
): Promise<OwnSplits> {
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
        const paths = present.includes(folder) ? await images(join(root, split, folder), heic) : [];
        if (split === named.train && paths.length === 0) throw new Error(await noImages(join(root, split, folder)));
        return paths.map(path => ({ path, label, classname: classNames[label]! }));
      }),
    );
    return perClass.flat();
  };
  return { classNames, train: await read(named.train), val: await read(named.val), test: await read(named.test) };
}

async function readClassFolders(
  root: string,
  folders: string[],
  options: FolderOptions,
  heic: HeicFilter,
): Promise<OwnSplits> {
  if (!options.testOnly || folders.length === 0) await requireTwoClasses(folders, root);
  const classNames = await classNamesOf(root, folders);
  const classes = await Promise.all(
    folders.map(async (folder, label) => {
      const paths = await images(join(root, folder), heic);
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

async function readList(file: string, options: FolderOptions): Promise<OwnSplits> {
  const listed = await readImageList(file);
  const folders = sorted([...new Set(listed.map(({ folder }) => folder))]);
  if (folders.length < (options.testOnly ? 1 : 2))
    throw new Error(`${file} names ${folders.length} class(es); at least two are needed.`);
  const classNames = await classNamesOf(dirname(file), folders);
  const item = ({ path, folder }: ListedImage): Item => {
    const label = folders.indexOf(folder);
    return { path, label, classname: classNames[label]! };
  };
  const without = listed.find(({ split }) => split === undefined);
  let parts: OwnSplits;
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
  const missing = await missingFiles(parts);
  if (missing.length > 0) {
    throw new Error(`${file} lists ${missing.length} image(s) that do not exist, such as ${missing[0]!.path}.`);
  }
  return parts;
}

async function requireTwoClasses(folders: string[], path: string): Promise<void> {
  if (folders.length >= 2) return;
  const [only] = folders;
  const deeper = only !== undefined && (await folderNames(join(path, only))).length >= 2;
  throw new Error(
    deeper
      ? `${path} has the classes one folder too deep: they seem to be in ${join(path, only)}.`
      : `${path} has ${folders.length} class folder(s); put the images of each class into a separate folder.`,
  );
}

/** Images in folders inside the class folders are not read. */
async function nestedWarning({ name, train, val, test }: Dataset): Promise<string | undefined> {
  const folders = new Set([...train, ...val, ...test].map(({ path }) => dirname(path)));
  let count = 0;
  let first: string | undefined;
  for (const folder of folders)
    for (const inside of await folderNames(folder)) {
      const found = (await imageNames(join(folder, inside))).length;
      count += found;
      if (found > 0) first ??= join(basename(folder), inside);
    }
  if (first === undefined) return undefined;
  return `${name}: ${count} image${count === 1 ? '' : 's'} in folders inside class folders, such as ${first}, ${count === 1 ? 'is' : 'are'} not read; move ${count === 1 ? 'it' : 'them'} up into the class folder.`;
}

const images = async (path: string, heic: HeicFilter): Promise<string[]> =>
  heic.keep((await imageNames(path)).map(name => join(path, name)));

async function noImages(path: string): Promise<string> {
  const heic = (await imageNames(path)).filter(isHeicName).length;
  if (heic > 0) return `${path}: ${heicSentence(heic)}`;
  const [first] = await folderNames(path);
  const deeper =
    first !== undefined && (await isFolder(join(path, first))) && (await imageNames(join(path, first))).length > 0;
  return deeper
    ? `${path} has no images but folders of images: the classes seem to be one folder too deep.`
    : `${path} has no images; a class needs two, to train and to test.`;
}
