import { type Dataset, type Item, splits } from '@dgprompt/datasets';
import { decode } from '@dgprompt/images';
import pMap from 'p-map';

/** Number of images to decode at once. */
const concurrency = 16;

/** An image that cannot be decoded. */
export interface BrokenImage {
  path: string;
  /** One sentence that names the file. */
  reason: string;
}

/**
 * Finds the images that do not decode, sorted by path.
 * @throws the signal's reason if aborted
 *
 * @example
 * ```ts
 * import { brokenImages } from '@dgprompt/bench/data';
 *
 * const broken = await brokenImages([{ path: 'absent.jpg', label: 0, classname: 'cat' }]);
 * console.log(broken[0]!.path); // absent.jpg
 * ```
 */
export async function brokenImages(
  items: readonly Item[],
  options: { onProgress?(progress: { done: number; total: number }): void; signal?: AbortSignal } = {},
): Promise<BrokenImage[]> {
  const { onProgress, signal } = options;
  const paths = [...new Set(items.map(({ path }) => path))];
  const broken: BrokenImage[] = [];
  let done = 0;
  const check = async (path: string) => {
    await decode(path).catch((error: Error) => broken.push({ path, reason: error.message }));
    onProgress?.({ done: ++done, total: paths.length });
  };
  await pMap(paths, check, { concurrency, signal });
  return broken.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The images that a run reads: those it trains on, and all test images.
 * @param drawn the few-shot set; undefined if nothing is trained
 */
export const imagesRead = (drawn: Dataset | undefined, tested: readonly Dataset[]): Item[] => [
  ...(drawn ? [...drawn.train, ...drawn.val] : []),
  ...tested.flatMap(({ test }) => test),
];

/**
 * Removes images from a dataset.
 *
 * @example
 * ```ts
 * import { leaveOut } from '@dgprompt/bench/data';
 * import { createDataset } from '@dgprompt/datasets';
 *
 * const item = { path: 'a.jpg', label: 0, classname: 'cat' };
 * const pets = createDataset({ name: 'pets', classNames: ['cat'], train: [item] });
 * console.log(leaveOut(pets, [{ path: 'a.jpg', reason: 'truncated' }]).train); // []
 * ```
 */
export function leaveOut(dataset: Dataset, broken: readonly BrokenImage[]): Dataset {
  if (broken.length === 0) return dataset;
  const paths = new Set(broken.map(({ path }) => path));
  const kept = splits.map(split => [split, dataset[split].filter(({ path }) => !paths.has(path))]);
  return { ...dataset, ...Object.fromEntries(kept) };
}
