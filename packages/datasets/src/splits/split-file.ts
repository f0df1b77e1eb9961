import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { type Dataset, defaultTemplates, type Item, splits } from '../dataset.js';
import { cannotRead } from '../files/listing.js';

/** What a split file does not say about its dataset. */
export interface SplitOptions {
  /** Default: the file's name without `split_zhou_` and `.json`. */
  name?: string;
  /** Default: `a photo of a {}.` */
  templates?: readonly string[];
}

/**
 * Read a split in the form CoOp publishes: JSON `{train, val, test}` of `[path, label, classname]`.
 *
 * Class names stay as the file has them (underscores too). The images themselves are not looked at.
 *
 * @param file the JSON file
 * @param imageRoot the folder that the file's paths are relative to; undefined leaves the paths as the file has them
 * @throws Error naming the file and the entry, if the file is no such split, a label has two names, or labels have gaps
 */
export async function readSplit(
  file: string,
  imageRoot: string | undefined,
  options: SplitOptions = {},
): Promise<Dataset> {
  const published = parseSplit(await readText(file), file);
  const names: (string | undefined)[] = [];

  const read = (split: (typeof splits)[number]): Item[] => {
    const entries = published[split];
    if (!Array.isArray(entries)) throw new Error(`${file}: "${split}" must be a list of [path, label, classname].`);
    return entries.map((entry: unknown, i) => {
      if (!isEntry(entry)) {
        throw new Error(`${file}: ${split}[${i}] must be [path, label, classname], not ${JSON.stringify(entry)}.`);
      }
      const [path, label, classname] = entry;
      names[label] ??= classname;
      if (names[label] !== classname) {
        throw new Error(
          `${file}: ${split}[${i}] calls label ${label} "${classname}", before it was "${names[label]}".`,
        );
      }
      return { path: imageRoot === undefined ? path : resolve(imageRoot, path), label, classname };
    });
  };

  const [train, val, test] = [read('train'), read('val'), read('test')];
  const classNames = Array.from(names, (name, label) => {
    if (name === undefined)
      throw new Error(`${file}: no picture has label ${label}; labels must run from 0 without gaps.`);
    return name;
  });
  return {
    name: options.name ?? basename(file, '.json').replace(/^split_zhou_/, ''),
    classNames,
    templates: [...(options.templates ?? defaultTemplates)],
    train,
    val,
    test,
  };
}

/**
 * Write a dataset's splits in the form CoOp publishes, paths relative to `imageRoot` and with `/` on every system.
 * The file appears whole or not at all.
 *
 * @throws Error naming the first image that is not under `imageRoot`
 */
export async function writeSplit(file: string, dataset: Dataset, imageRoot: string): Promise<void> {
  const entry = ({ path, label, classname }: Item) => {
    const inside = relative(imageRoot, path);
    if (inside.startsWith('..') || isAbsolute(inside)) throw new Error(`${path} is not under ${imageRoot}.`);
    return [inside.split(sep).join('/'), label, classname];
  };
  const published = Object.fromEntries(splits.map(split => [split, dataset[split].map(entry)]));
  const unfinished = `${file}.${process.pid}.tmp`;
  await writeFile(unfinished, JSON.stringify(published));
  await rename(unfinished, file);
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(cannotRead(file, cause), { cause });
  });

function parseSplit(text: string, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not whole JSON (${(error as Error).message}); fetch or write it again.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`${file} must hold {"train": […], "val": […], "test": […]}.`);
  }
  return parsed as Record<string, unknown>;
}

function isEntry(entry: unknown): entry is [string, number, string] {
  if (!Array.isArray(entry) || entry.length !== 3) return false;
  const [path, label, classname] = entry as unknown[];
  return typeof path === 'string' && typeof classname === 'string' && Number.isInteger(label) && (label as number) >= 0;
}
