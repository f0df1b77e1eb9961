import { loadBenchmark } from './benchmarks/all.js';
import type { Dataset } from './dataset.js';
import { folder } from './own/folder.js';

const prefix = 'folder:';

/** Where a dataset is. */
export interface LoadDatasetOptions {
  /** The folder with the folders of the published datasets. */
  root?: string;
  /** Seed of a random split; default 1. */
  seed?: number;
  /** False skips checking that the listed images exist; default true. */
  checkFiles?: boolean;
}

/**
 * Loads a published dataset by name, or your own images as `folder:PATH` (see `folder`).
 *
 * @throws a sentence, like `loadBenchmark` and `folder`, or if a published dataset is requested without a root
 *
 * @example
 * ```ts
 * import { loadDataset } from '@dgprompt/datasets';
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const root = mkdtempSync(join(tmpdir(), 'x-'));
 * for (const name of ['daisy', 'tea_rose']) {
 *   mkdirSync(join(root, name));
 *   for (let i = 0; i < 10; i++) writeFileSync(join(root, name, `${i}.jpg`), `${name} ${i}`);
 * }
 * const flowers = await loadDataset(`folder:${root}`);
 * console.log(flowers.classNames); // [ 'daisy', 'tea rose' ]
 * ```
 */
export async function loadDataset(name: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  if (name.startsWith(prefix)) return folder(name.slice(prefix.length), options);
  if (options.root === undefined) {
    throw new Error(`The root is missing: give the folder that contains the folder of ${name}, with --root DIR.`);
  }
  return loadBenchmark(name, options.root, options);
}
