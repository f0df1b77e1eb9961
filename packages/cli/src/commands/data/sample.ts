import type { Item } from '@dgprompt/datasets';
import { defineCommand } from '../../options/command.js';
import { option, seed, text, wholeNumber } from '../../options/option.js';

/** `dgprompt data sample`: the few-shot set of a split file, with the file's paths. */
export const sample = defineCommand({
  description: 'Print the few-shot set of a split file as {"train": […], "val": […]}, as published code draws it.',
  examples: ['data sample --split split_zhou_EuroSAT.json --shots 4 --seed 2'],
  options: {
    split: option('--split <file>', 'a split_zhou_*.json', text),
    shots: option('--shots <k>', 'training images per class', wholeNumber(1, 100_000).default(16)),
    seed: option('--seed <s>', 'the papers use 1, 2, 3', seed.default(1)),
  },
  async action({ split, shots, seed }) {
    const { fewShot } = await import('@dgprompt/datasets');
    const { readSplit } = await import('@dgprompt/datasets/splits');
    const { train, val } = fewShot(await readSplit(split, undefined), shots, seed);
    const paths = (items: Item[]) => items.map(({ path }) => path);
    process.stdout.write(`${JSON.stringify({ train: paths(train), val: paths(val) })}\n`);
  },
});
