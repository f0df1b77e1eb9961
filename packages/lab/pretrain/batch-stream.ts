import { Worker } from 'node:worker_threads';
import type { Batch, BatchOptions } from './batches.js';
import type { Corpus } from './corpus.js';

/** Batches that the worker makes ahead of the current one. */
const prefetch = 2;

/**
 * The batches of steps `from`, `from` + 1, … without end, made ahead on a worker thread; each equals `batch` of its
 * step. Leave the loop (or `return()` the iterator) to stop the worker.
 */
export async function* batchStream(
  corpus: Corpus,
  { from = 0, ...options }: BatchOptions & { from?: number },
): AsyncGenerator<Batch, void, void> {
  const worker = new Worker(new URL('./batch-worker.mjs', import.meta.url), {
    workerData: { cacheDir: corpus.cacheDir, bytes: corpus.bytes, options },
  });
  const done = new Map<number, Batch>();
  let failure: Error | undefined;
  let wake = () => {};
  worker.on('message', ({ step, batch }: { step: number; batch: Batch }) => {
    done.set(step, batch);
    wake();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  try {
    for (let step = from; step < from + prefetch; step++) worker.postMessage(step);
    for (let step = from; ; step++) {
      while (!done.has(step)) {
        if (failure) throw failure;
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      const next = done.get(step)!;
      done.delete(step);
      worker.postMessage(step + prefetch);
      yield next;
    }
  } finally {
    await worker.terminate();
  }
}
