import { printable } from '@dgprompt/io';
import type { Answer } from '@dgprompt/methods/evaluation';
import { defineCommand } from '../options/command.js';
import { flag, option, wholeNumber } from '../options/option.js';
import { classesOption, jsonOption, methodsFromOption, trainedComputeOptions, viewsOption } from '../options/table.js';
import { UsageError } from '../usage-error.js';

/** `dgprompt predict`: classifies images. */
export const predict = defineCommand({
  summary: 'classify images',
  description: 'Classify images. Unreadable ones are named on stderr, and the exit code is then 1.',
  arguments: [
    ['<classifier>', 'folder that dgprompt train wrote'],
    ['<images...>', "files, folders, patterns as 'more/*.jpg', - for paths on stdin"],
  ],
  examples: [
    'predict ./classifier photo.jpg --top 3',
    "predict ./classifier 'more/*.jpg' --csv",
    'predict ./classifier photo.jpg --classes +edelweiss',
  ],
  options: {
    top: option('--top <n>', 'classes per image', wholeNumber(1, 100_000).default(1)),
    ...classesOption,
    json: { ...jsonOption.json, help: 'a line of JSON per image: {"path", "predictions": [{"label", "score"}]}' },
    csv: option('--csv', 'lines of path,rank,label,score', flag),
    ...viewsOption,
    ...methodsFromOption,
    ...trainedComputeOptions,
  },
  async action(options, [folder, images]) {
    const { classes, csv, json, top, views } = options;
    if (json && csv) throw new UsageError('choose --json or --csv.');
    const { csvLine } = await import('@dgprompt/bench/tables');
    const { predictEach } = await import('@dgprompt/methods/evaluation');
    const { imageArguments } = await import('../own-images/image-arguments.js');
    const { openClassifier } = await import('../own-images/open-classifier.js');
    const { outputClosed } = await import('../terminal/closed-output.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const csvLines = ({ path, predictions }: Seen) =>
      predictions.map(({ label, score }, i) => csvLine([path, i + 1, label, score.toPrecision(6)])).join('\n');
    const lines = json ? JSON.stringify : csv ? csvLines : line;
    const { method, dispose } = await openClassifier(folder, options, classes);
    await interruptible(
      async signal => {
        let count = 0;
        if (csv) process.stdout.write('path,rank,label,score\n');
        try {
          for await (const result of predictEach(method, imageArguments(images), { top, views, signal })) {
            count++;
            if ('error' in result) {
              process.exitCode = 1;
              process.stderr.write(`dgprompt: ${printable(result.error.message, Number.POSITIVE_INFINITY)}\n`);
            } else process.stdout.write(`${lines(result)}\n`);
          }
        } catch (error) {
          if (!outputClosed.aborted) throw error; // else a reader such as `head` has read enough
          process.exitCode = 0;
          return;
        }
        if (count === 0) throw new Error('No images found in the folder or on stdin.');
      },
      { interrupted: 'Interrupted.', end: dispose },
    );
  },
});

type Seen = Extract<Answer, { predictions: unknown }>;

const line = ({ path, predictions }: Seen): string =>
  `${said(path)}  ${predictions.map(({ label, score }) => `${said(label)} ${(100 * score).toFixed(1)} %`).join(', ')}`;

const said = (name: string): string => printable(name, Number.POSITIVE_INFINITY);
