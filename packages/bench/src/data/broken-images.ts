import { type BrokenImage, type Dataset, type Item, imageBatches, splits } from '@dgprompt/datasets';
import { decode } from '@dgprompt/images';

/** Images that are decoded at a time. */
const atOnce = 16;

/**
 * Which of some images do not decode.
 * @throws the signal's reason, if it is aborted
 */
export async function brokenImages(
  items: readonly Item[],
  options: { onProgress?(progress: { done: number; total: number }): void; signal?: AbortSignal } = {},
): Promise<BrokenImage[]> {
  const { onProgress, signal } = options;
  const broken: BrokenImage[] = [];
  const once = [...new Map(items.map(item => [item.path, item])).values()];
  const batches = imageBatches(once, {
    ...{ batch: atOnce, signal, skipBroken: true },
    load: async path => void (await decode(path)),
    onBroken: image => broken.push(image),
  });
  let done = 0;
  for await (const { items: decoded } of batches) {
    done += decoded.length;
    onProgress?.({ done: done + broken.length, total: once.length });
  }
  return broken;
}

/** A dataset without some of its images. */
export function leaveOut(dataset: Dataset, broken: readonly BrokenImage[]): Dataset {
  if (broken.length === 0) return dataset;
  const paths = new Set(broken.map(({ path }) => path));
  const kept = splits.map(split => [split, dataset[split].filter(({ path }) => !paths.has(path))]);
  return { ...dataset, ...Object.fromEntries(kept) };
}
