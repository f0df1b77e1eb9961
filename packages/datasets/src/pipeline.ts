import { createHash } from 'node:crypto';
import type { Item } from './dataset.js';
import { type PythonRandom, pythonRandom } from './python-random.js';

/** Some loaded images. */
export interface LoadedBatch<T> {
  items: Item[];
  /** What `load` made of each item. */
  images: T[];
}

/** An image that was left out. */
export interface BrokenImage {
  path: string;
  /** Why it does not load, in a sentence. */
  reason: string;
}

/** How images become batches. */
export interface PipelineOptions<T> {
  /** Images a batch, an integer ≥ 1. */
  batch: number;
  /**
   * Loads an image: pixels, or whatever is needed. May run in a pool of worker threads, in any order.
   * @param random numbers in [0, 1) for a random view, that depend on the seed and on which item it is, and on nothing else
   */
  load(path: string, random: Pick<PythonRandom, 'next'>): Promise<T>;
  /**
   * Shuffles, and seeds the views; give every epoch its own. A short last batch is dropped if there is a full one, as the published
   * training loader does. Without a seed, items come in order, every one once.
   */
  seed?: number;
  /** Images that are loaded or waiting at most, beyond the batch in use; default two batches. */
  ahead?: number;
  /** Leave out images that do not load instead of stopping with an error; the batches stay full. */
  skipBroken?: boolean;
  /** Told of each image that is left out. */
  onBroken?(broken: BrokenImage): void;
  signal?: AbortSignal;
}

/**
 * Batches of loaded images, loaded ahead of their use. Order and pixels depend on the seed alone, not on how many are loaded at a
 * time or which is ready first. At most `ahead` images and one batch are in memory.
 *
 * @throws what `load` throws for an image, when its turn comes, unless `skipBroken`; the signal's reason; RangeError for numbers out
 *   of range
 */
export async function* imageBatches<T>(
  items: readonly Item[],
  options: PipelineOptions<T>,
): AsyncGenerator<LoadedBatch<T>, void, undefined> {
  const { batch, seed } = options;
  if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`A batch holds at least 1 item, not ${batch}.`);
  let current: LoadedBatch<T> = { items: [], images: [] };
  let full = 0;
  for await (const { item, image } of loadedInOrder(items, options)) {
    current.items.push(item);
    current.images.push(image);
    if (current.items.length < batch) continue;
    yield current;
    full++;
    current = { items: [], images: [] };
  }
  if (current.items.length > 0 && (seed === undefined || full === 0)) yield current;
}

async function* loadedInOrder<T>(
  items: readonly Item[],
  options: PipelineOptions<T>,
): AsyncGenerator<{ item: Item; image: T }, void, undefined> {
  const { batch, load, seed, ahead = 2 * batch, skipBroken = false, onBroken, signal } = options;
  if (!Number.isInteger(ahead) || ahead < 1) throw new RangeError(`At least 1 image is loaded ahead, not ${ahead}.`);
  const inOrder = items.map((_, i) => i);
  const order = seed === undefined ? inOrder : pythonRandom(seed).shuffle(inOrder);
  const waiting: { item: Item; image: Promise<T> }[] = [];
  let next = 0;
  const fill = () => {
    while (waiting.length < ahead && next < order.length) {
      const index = order[next++]!;
      const item = items[index]!;
      const image = load(item.path, viewRandom(seed ?? 0, index));
      image.catch(() => {}); // thrown where it is awaited
      waiting.push({ item, image });
    }
  };
  try {
    for (fill(); waiting.length > 0; fill()) {
      signal?.throwIfAborted();
      const { item, image } = waiting[0]!;
      const loaded = await image.then(
        value => ({ value }),
        (cause: unknown) => ({ cause: named(item.path, cause) }),
      );
      waiting.shift(); // only now, so that what waits is counted until it is handed on
      if ('value' in loaded) yield { item, image: loaded.value };
      else if (skipBroken) onBroken?.({ path: item.path, reason: loaded.cause.message });
      else throw loaded.cause;
    }
  } finally {
    await Promise.allSettled(waiting.map(({ image }) => image)); // whoever stops may delete the files or end the workers
  }
}

/** The generator of an item's view. A hash keeps neighbouring seeds and items from having neighbouring numbers. */
function viewRandom(seed: number, index: number): PythonRandom {
  const hash = createHash('sha256').update(`${seed}/${index}`).digest();
  return pythonRandom(hash.readUIntBE(0, 6));
}

/** An error that names the image. */
function named(path: string, cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  return error.message.includes(path) ? error : new Error(`${path}: ${error.message}`, { cause });
}
