import { join, resolve } from 'node:path';
import { isFolder } from '../files/listing.js';
import type { Benchmark } from './benchmark.js';

/** Whether a published dataset is in a root: `elsewhere` is its folder without its images where they must be. */
export type Presence = 'present' | 'elsewhere' | 'absent';

/** The folder in which a published dataset must be. */
export const benchmarkFolder = ({ id }: Benchmark, root: string): string => join(resolve(root), id);

/** Whether a published dataset's folders are there; its files are not looked at. */
export async function presence(benchmark: Benchmark, root: string): Promise<Presence> {
  const folder = benchmarkFolder(benchmark, root);
  if (!(await isFolder(folder))) return 'absent';
  return (await isFolder(join(folder, benchmark.imageFolder))) ? 'present' : 'elsewhere';
}
