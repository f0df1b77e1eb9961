import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { concatenated } from './concatenated.js';
import { sharedCount } from './in-flight.js';
import { pillow } from './pillow.js';
import { type ImageViews, viewPixels } from './view.js';

/**
 * Views made on the caller's thread before workers start: a few pictures take less time than starting threads.
 */
const FEW = 32;

/** Idle workers end after this many milliseconds; they do not keep the process alive. */
const PATIENCE = 10_000;

/**
 * Views queued in the workers at a time, whole batches: the caller's thread is often busy with a training step and
 * cannot queue the next view as soon as one is done.
 */
const AHEAD = 64;

/** Views of one image for which another worker decodes it, too: they take longer than the decoding. */
const LEAST_PER_WORKER = 8;

let workers = Math.max(1, availableParallelism() - 1);
let pool: { workers: Piscina; running: Set<Promise<unknown>> } | undefined;
let made = 0;

/**
 * Sets the number of worker threads that decode and resize images. They start once a program has requested more than a
 * few. Images that are being decoded are finished first.
 *
 * @param count 0 keeps all work on the caller's thread; the initial setting is one fewer than there are cores, at least
 *   one
 * @throws one sentence unless it is a whole number from 0 to 256
 *
 * @example
 * ```ts
 * import { useImageWorkers } from '@dgprompt/images';
 *
 * await useImageWorkers(2);
 * await useImageWorkers(0);
 * console.log('images are decoded on this thread again'); // images are decoded on this thread again
 * ```
 */
export async function useImageWorkers(count: number): Promise<void> {
  if (!Number.isInteger(count) || count < 0 || count > 256)
    throw new Error(`The number of image workers must be a whole number from 0 to 256, not ${count}.`);
  const old = pool;
  pool = undefined;
  workers = count;
  if (!old) return;
  await Promise.allSettled(old.running);
  await old.workers.destroy();
}

/** Makes an image's views in worker threads, or on this one for the first few. */
export async function pooledPixels(views: ImageViews): Promise<Float32Array> {
  if (workers === 0 || (!pool && made < FEW)) {
    made += views.random?.length ?? 1;
    return viewPixels(views);
  }
  pool ??= { workers: start(workers), running: new Set() };
  const { workers: threads, running } = pool;
  const version = views.pillow ?? pillow();
  const parts = partsOf(views).map(part => {
    const made = threads.run({ ...part, pillow: version }) as Promise<Float32Array>;
    running.add(made);
    const done = () => running.delete(made);
    made.then(done, done);
    return made;
  });
  return concatenated(await Promise.all(parts));
}

/** Many views of one image, split among the workers, each of which then decodes it. */
function partsOf(views: ImageViews): ImageViews[] {
  const { random } = views;
  const count = Math.min(workers, Math.ceil((random?.length ?? 1) / LEAST_PER_WORKER));
  if (!random || count < 2) return [views];
  const each = Math.ceil(random.length / count);
  return Array.from({ length: Math.ceil(random.length / each) }, (_, i) => ({
    ...views,
    random: random.slice(i * each, (i + 1) * each),
  }));
}

function start(count: number): Piscina {
  const extension = /\.\w+$/.exec(import.meta.url)![0];
  const filename = new URL(`./pixel-worker${extension}`, import.meta.url).href;
  return new Piscina({
    filename,
    workerData: sharedCount(),
    minThreads: 0,
    maxThreads: count,
    idleTimeout: PATIENCE,
    concurrentTasksPerWorker: Math.max(2, Math.ceil(AHEAD / count)),
    ...(extension === '.ts' && { execArgv: ['--import', typescriptLoader()] }), // this repository's tests run the sources
  });
}

function typescriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
