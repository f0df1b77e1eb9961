import { resolve } from 'node:path';
import { fewShot, loadDataset } from '@dgprompt/datasets';
import { contactSheet } from '../../own-images/contact-sheet.js';
import type { ShowOptions } from './data-command.js';

/** Writes the contact sheet of a few-shot set and says where. */
export async function runDataShow(name: string, options: ShowOptions): Promise<void> {
  const { root, shots, seed, classes } = options;
  const dataset = await loadDataset(name, { root });
  for (const warning of dataset.warnings ?? []) process.stderr.write(`${warning}\n`);
  const file = resolve(options.out ?? `${dataset.name}-${shots}-shots-seed-${seed}.png`);
  const { shown, all } = await contactSheet(fewShot(dataset, shots, seed), file, { classes });
  const part = shown === all ? `all ${all} classes` : `${shown} of ${all} classes`;
  process.stdout.write(`${file}: ${shots} shots of ${part}, seed ${seed}; base green, new orange.\n`);
}
