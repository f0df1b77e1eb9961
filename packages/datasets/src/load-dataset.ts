import { loadBenchmark } from './benchmarks/all.js';
import type { Dataset } from './dataset.js';
import { folder } from './own/folder.js';

const prefix = 'folder:';

/** Where a dataset is. */
export interface LoadDatasetOptions {
  /** The folder that holds the published datasets' folders. */
  root?: string;
  /** Seed of a random split; default 1. */
  seed?: number;
  /** As in `LoadBenchmarkOptions`. */
  checkFiles?: boolean;
}

/**
 * A published dataset by name, or images of one's own as `folder:PATH` (see `folder`).
 * @throws Error in one sentence, as `loadBenchmark` and `folder` do, or if a published dataset is asked for without a root
 */
export async function loadDataset(name: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  if (name.startsWith(prefix)) return folder(name.slice(prefix.length), options);
  if (options.root === undefined) {
    throw new Error(
      `No root is given: it is the folder that holds the folder of ${name}, and is named with --root DIR.`,
    );
  }
  return loadBenchmark(name, options.root, options);
}
