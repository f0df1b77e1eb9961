import { fewShot, type Item } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import type { SampleOptions } from './data-command.js';

/** Prints the few-shot set of a split file, paths as in the file. */
export async function runDataSample({ split, shots, seed }: SampleOptions): Promise<void> {
  const { train, val } = fewShot(await readSplit(split, undefined), shots, seed);
  const paths = (items: Item[]) => items.map(({ path }) => path);
  process.stdout.write(`${JSON.stringify({ train: paths(train), val: paths(val) })}\n`);
}
