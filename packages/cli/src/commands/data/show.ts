import { resolve } from 'node:path';
import { printable } from '@dgprompt/io';
import { defineCommand } from '../../options/command.js';
import { option, seed, text, wholeNumber } from '../../options/option.js';
import { dataOptions } from '../../options/table.js';

/** `dgprompt data show`: the contact sheet of a few-shot set. */
export const show = defineCommand({
  description: "Draw a dataset's few-shot set as a contact sheet (PNG), base and new classes marked.",
  arguments: [['<name>', 'a dataset, or folder:PATH']],
  examples: ['data show eurosat --root ~/data', 'data show folder:./flowers --shots 2 --out flowers.png'],
  options: {
    root: dataOptions.root,
    shots: option('--shots <k>', 'training images per class', wholeNumber(1, 100_000).default(4)),
    seed: option('--seed <s>', 'the papers use 1, 2, 3', seed.default(1)),
    classes: option('--classes <n>', 'at most this many base and new classes', wholeNumber(1, 1000).default(24)),
    out: option('--out <file>', 'default: NAME-SHOTS-shots-seed-SEED.png', text.optional()),
  },
  async action({ root, shots, seed, classes, out }, [name]) {
    const { fewShot, loadDataset } = await import('@dgprompt/datasets');
    const { checkOutput } = await import('../../terminal/check-output.js');
    const { contactSheet } = await import('../../own-images/contact-sheet.js');
    const dataset = await loadDataset(name, { root });
    for (const warning of dataset.warnings) process.stderr.write(`${printable(warning, 4000)}\n`);
    const file = resolve(out ?? `${dataset.name}-${shots}-shots-seed-${seed}.png`);
    await checkOutput(file);
    const { shown, all } = await contactSheet(fewShot(dataset, shots, seed), file, { classes });
    const part = shown === all ? `all ${all} classes` : `${shown} of ${all} classes`;
    process.stdout.write(
      `${printable(file, 4000)}: ${shots} shots of ${part}, seed ${seed}; base green, new orange.\n`,
    );
  },
});
