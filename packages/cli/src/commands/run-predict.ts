import { csvLine } from '@dgprompt/bench/tables';
import type { Method } from '@dgprompt/methods';
import { type Answer, predictEach } from '@dgprompt/methods/evaluation';
import { imageArguments } from '../own-images/image-arguments.js';
import { openClassifier } from '../own-images/open-classifier.js';
import { interrupted } from '../terminal/interrupt.js';
import type { PredictCommandOptions } from './predict-command.js';

/** Prints what a classifier sees in each image; those that cannot be read are a line on stderr and exit code 1 at the end. */
export async function runPredict(folder: string, images: string[], options: PredictCommandOptions): Promise<void> {
  const { method, dispose } = await openClassifier(folder, options, options.classes);
  const { signal, release } = interrupted();
  const closed = new AbortController(); // whoever reads (head, say) has had enough
  process.stdout.once('error', error => closed.abort(error));
  try {
    const failed = await answer(method, images, options, AbortSignal.any([signal, closed.signal]));
    if (failed > 0) process.exitCode = 1;
  } catch (error) {
    if (!signal.aborted && !closed.signal.aborted) throw error;
    process.exitCode = signal.aborted ? 130 : 0;
  } finally {
    release();
    dispose();
  }
}

async function answer(
  method: Method,
  images: string[],
  { top, json, csv }: PredictCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  let [failed, seen] = [0, 0];
  if (csv) process.stdout.write('path,rank,label,score\n');
  for await (const result of predictEach(method, imageArguments(images), { top, signal })) {
    seen++;
    if ('error' in result) {
      failed++;
      process.stderr.write(`dgprompt: ${result.error.message}\n`);
    } else process.stdout.write(`${json ? JSON.stringify(result) : csv ? csvLines(result) : line(result)}\n`);
  }
  if (seen === 0) throw new Error('There are no images: the folder or standard input names none.');
  return failed;
}

type Seen = Extract<Answer, { predictions: unknown }>;

const csvLines = ({ path, predictions }: Seen): string =>
  predictions.map(({ label, score }, i) => csvLine([path, i + 1, label, score.toPrecision(6)])).join('\n');

const line = ({ path, predictions }: Seen): string =>
  `${path}  ${predictions.map(({ label, score }) => `${label} ${(100 * score).toFixed(1)} %`).join(', ')}`;
