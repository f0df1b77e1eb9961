import { parseJson, printable, readText, writeFileAtomic } from '@dgprompt/io';
import { createDataset, type Dataset, defaultTemplates, type Item, splits } from '../dataset.js';
import { cannotRead, requirePlainFile } from '../files/listing.js';
import { pathWithin } from '../files/within.js';
import { basename, isAbsolute, relative, sep } from '../runtime/paths.js';

/** A label that exceeds the number of images by more than this is a mistake, and a list of so many classes too long. */
const widestGap = 10_000;

/** Facts that a split file does not contain. */
export interface SplitOptions {
  /** Default: the file's name without `split_zhou_` and `.json`. */
  name?: string;
  /** Default: `a photo of a {}.` */
  templates?: readonly string[];
  /** See `Dataset`. Default: false. */
  fixedViews?: boolean;
}

/**
 * Reads a split in the form that CoOp publishes: JSON `{train, val, test}` of `[path, label, classname]`.
 *
 * Class names are kept as in the file (with underscores). The images are not opened.
 *
 * @param file the JSON file
 * @param imageRoot the folder that the file's paths are relative to; undefined leaves the paths unchanged
 * @throws a sentence naming the file and the entry if the file is not a split, a label has two names, or labels have
 *   gaps, or a path leads out of `imageRoot`
 *
 * @example
 * ```ts
 * import { readSplit } from '@dgprompt/datasets/splits';
 * import { splitFile } from '@dgprompt/pictograms';
 *
 * const { classNames, train } = await readSplit(splitFile('mammals'), undefined, { name: 'mammals' });
 * console.log(classNames[0], train[0]!.path); // badger badger/noto/badger-0.png
 * ```
 */
export async function readSplit(
  file: string,
  imageRoot: string | undefined,
  options: SplitOptions = {},
): Promise<Dataset> {
  await requirePlainFile(file);
  const published = parseSplit(await textOf(file), file);
  const count = splits.reduce((sum, split) => sum + listOf(published[split]).length, 0);
  const names: (string | undefined)[] = [];

  const read = (split: (typeof splits)[number]): Item[] => {
    const entries = published[split];
    if (!Array.isArray(entries)) throw new Error(`${file}: "${split}" must be a list of [path, label, classname].`);
    return entries.map((entry: unknown, i) => {
      if (!isEntry(entry)) {
        throw new Error(
          `${file}: ${split}[${i}] must be [path, label, classname], not ${printable(JSON.stringify(entry) ?? 'nothing')}.`,
        );
      }
      const [path, label, classname] = entry;
      if (label > count + widestGap)
        throw new Error(`${file}: ${split}[${i}] has label ${label}, which is more than its ${count} images have.`);
      names[label] ??= classname;
      if (names[label] !== classname) {
        throw new Error(
          `${file}: ${split}[${i}] calls label ${label} "${printable(classname)}", before it was "${printable(names[label]!)}".`,
        );
      }
      return {
        path: imageRoot === undefined ? path : pathWithin(imageRoot, path, `${file}, ${split}[${i}]`),
        label,
        classname,
      };
    });
  };

  const train = read('train');
  const val = read('val');
  const test = read('test');
  const classNames = Array.from(names, (name, label) => {
    if (name === undefined)
      throw new Error(`${file}: no picture has label ${label}; labels must run from 0 without gaps.`);
    return name;
  });
  return createDataset({
    name: options.name ?? basename(file, '.json').replace(/^split_zhou_/, ''),
    classNames,
    templates: [...(options.templates ?? defaultTemplates)],
    fixedViews: options.fixedViews ?? false,
    train,
    val,
    test,
  });
}

/**
 * Writes a dataset's splits in the form that CoOp publishes, with paths relative to `imageRoot` and `/` on every
 * system. The file is written atomically.
 *
 * @throws a sentence naming the first image that is not below `imageRoot`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readSplit, writeSplit } from '@dgprompt/datasets/splits';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'x-')), 'split.json');
 * const train = [{ path: '/data/cat/1.jpg', label: 0, classname: 'cat' }];
 * await writeSplit(file, { train, val: [], test: [] }, '/data');
 * console.log((await readSplit(file, undefined)).train); // [ { path: 'cat/1.jpg', label: 0, classname: 'cat' } ]
 * ```
 */
export async function writeSplit(
  file: string,
  dataset: Pick<Dataset, 'train' | 'val' | 'test'>,
  imageRoot: string,
): Promise<void> {
  const entry = ({ path, label, classname }: Item) => {
    const inside = relative(imageRoot, path);
    if (inside.startsWith('..') || isAbsolute(inside)) throw new Error(`${path} is not under ${imageRoot}.`);
    return [inside.split(sep).join('/'), label, classname];
  };
  const published = Object.fromEntries(splits.map(split => [split, dataset[split].map(entry)]));
  await writeFileAtomic(file, JSON.stringify(published));
}

const textOf = (file: string): Promise<string> =>
  readText(file).catch((cause: unknown) => {
    throw new Error(cannotRead(file, cause), { cause });
  });

function parseSplit(text: string, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parseJson(text, { depth: 10, values: 50_000_000 });
  } catch (error) {
    throw new Error(`${file} is not valid JSON for a split: ${(error as Error).message}; download or write it again.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`${file} must hold {"train": […], "val": […], "test": […]}.`);
  }
  return parsed as Record<string, unknown>;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function isEntry(entry: unknown): entry is [string, number, string] {
  if (!Array.isArray(entry) || entry.length !== 3) return false;
  const [path, label, classname] = entry as unknown[];
  return (
    typeof path === 'string' && typeof classname === 'string' && Number.isSafeInteger(label) && (label as number) >= 0
  );
}
