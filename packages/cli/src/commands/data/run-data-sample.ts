import { fewShot, type Item, readSplit } from '@dgprompt/datasets';
import type { SampleOptions } from './data-command.js';

/** Prints the few-shot set of a split file, paths as in the file. */
export async function runDataSample({ split, shots, seed }: SampleOptions): Promise<void> {
  const { train, val } = fewShot(await readSplit(split, undefined), shots, seed);
  const paths = (items: Item[]) => items.map(({ path }) => path);
  process.stdout.write(`${JSON.stringify({ train: paths(train), val: paths(val) })}\n`);
}
