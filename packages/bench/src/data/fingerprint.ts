import { basename, dirname, relative, sep } from 'node:path';
import { type Dataset, type Item, splits } from '@dgprompt/datasets';
import { digests, type OnProgress, sha256Hex } from '@dgprompt/io';

/** Digests of image files by path; unreadable files have none. */
export type Contents = ReadonlyMap<string, string>;

/**
 * Digests of the images that identify datasets, excluding datasets that know their content.
 * @throws the signal's reason
 */
export function contentsOf(
  datasets: readonly Dataset[],
  options: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<Contents> {
  const read = datasets.filter(({ content }) => content === undefined);
  return digests(
    read.flatMap(dataset => splits.flatMap(split => dataset[split].map(({ path }) => path))),
    options,
  );
}

/**
 * Identifies a task's data in 16 hex digits: class names, templates, each split's images by path, label and content.
 * Paths are relative to the folder that all images share (its name included), so that the data may be elsewhere on
 * another machine. If a dataset knows its content, that replaces the folder's name and the images are not read.
 *
 * @param contents see `contentsOf`
 */
export function fingerprint(dataset: Dataset, contents: Contents): string {
  const root = sharedFolder(splits.flatMap(split => dataset[split].map(({ path }) => path)));
  const { content } = dataset;
  const image = ({ path, label }: Item) => {
    const place = [relative(root, path).split(sep).join('/'), label];
    return content === undefined ? [...place, contents.get(path) ?? null] : place;
  };
  const images = splits.map(split => dataset[split].map(image));
  const facts = [[content ?? basename(root), dataset.classNames, dataset.templates], ...images];
  return sha256Hex(...facts.map(part => JSON.stringify(part))).slice(0, 16);
}

/** A memoised `fingerprint`, for many runs on datasets that do not change meanwhile. */
export function rememberedFingerprint(contents: Contents): (dataset: Dataset) => string {
  const known = new WeakMap<Dataset, string>();
  return dataset => {
    const hash = known.get(dataset) ?? fingerprint(dataset, contents);
    known.set(dataset, hash);
    return hash;
  };
}

/**
 * Checks that images are unchanged since their run was planned.
 *
 * @param planned their digests at that time; images without one are not checked
 * @throws one sentence with the first changed image; the signal's reason
 */
export async function checkContents(items: readonly Item[], planned: Contents, signal?: AbortSignal): Promise<void> {
  const paths = [...new Set(items.map(({ path }) => path))].filter(path => planned.has(path));
  const now = await digests(paths, { signal });
  const other = paths.find(path => now.get(path) !== planned.get(path));
  if (other !== undefined)
    throw new Error(
      `${other} was replaced after this run was planned, so its numbers would be of no data set; run it again.`,
    );
}

function sharedFolder(paths: string[]): string {
  let shared = dirname(paths[0] ?? '');
  for (const path of paths) {
    while (!path.startsWith(shared.endsWith(sep) ? shared : shared + sep)) shared = dirname(shared);
  }
  return shared;
}
