import { join, resolve } from 'node:path';
import { isFolder } from '../files/listing.js';
import type { Benchmark } from './benchmark.js';

/** Whether a published dataset is in a root; `elsewhere` means that its folder exists, but not its folder of images. */
export type Presence = 'present' | 'elsewhere' | 'absent';

/**
 * The folder in which a published dataset must be.
 *
 * @example
 * ```ts
 * import { benchmarkFolder } from '@dgprompt/datasets/benchmarks';
 * import { findBenchmark } from '@dgprompt/datasets';
 *
 * console.log(benchmarkFolder(findBenchmark('dtd'), 'data').endsWith('dtd')); // true
 * ```
 */
export const benchmarkFolder = ({ id }: Benchmark, root: string): string => join(resolve(root), id);

/**
 * Whether a published dataset's folders exist. Its files are not checked.
 *
 * @example
 * ```ts
 * import { presence } from '@dgprompt/datasets/benchmarks';
 * import { findBenchmark } from '@dgprompt/datasets';
 *
 * console.log(await presence(findBenchmark('dtd'), 'no-such-folder')); // absent
 * ```
 */
export async function presence(benchmark: Benchmark, root: string): Promise<Presence> {
  const folder = benchmarkFolder(benchmark, root);
  if (!(await isFolder(folder))) return 'absent';
  return (await isFolder(join(folder, benchmark.imageFolder))) ? 'present' : 'elsewhere';
}
