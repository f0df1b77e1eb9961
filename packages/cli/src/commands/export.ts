import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Item } from '@dgprompt/datasets';
import { printable } from '@dgprompt/io';
import type { Exported } from '@dgprompt/methods/classifier';
import type { Trained } from '@dgprompt/methods/method';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { oneOf, option, text } from '../options/option.js';
import {
  asTrainedOptions,
  classesOption,
  deviceOptions,
  methodsFromOption,
  trainedModelOption,
} from '../options/table.js';
import { UsageError } from '../usage-error.js';

/** `dgprompt export`: writes a classifier as one ONNX file, or as a page that runs in a browser. */
export const exportCommand = defineCommand({
  summary: 'a classifier as one ONNX file or a web page',
  description: 'Write a classifier as one file that runs anywhere, or as a web page.',
  arguments: [['<classifier>', 'folder that dgprompt train wrote']],
  examples: ['export ./classifier --precision int8 --out flowers.onnx', 'export ./classifier --format web'],
  notes: 'The file sees each image once, as `evaluate` without --views does.',
  options: {
    format: option('--format <name>', 'onnx, web', oneOf('format', ['onnx', 'web']).default('onnx')),
    precision: option(
      '--precision <name>',
      'of the stored weights: fp32, fp16, int8',
      oneOf('precision', ['fp32', 'fp16', 'int8']).default('fp32'),
    ),
    input: option(
      '--input <name>',
      'image (uint8 RGB of any size), pixels (normalised)',
      oneOf('input', ['image', 'pixels']).default('image'),
    ),
    out: option('--out <path>', 'default: CLASSIFIER.onnx, or CLASSIFIER-web for a page', text.optional()),
    ...classesOption,
    ...methodsFromOption,
    ...trainedModelOption,
    pillow: asTrainedOptions.pillow,
    ...deviceOptions,
  },
  async action(options, [folder]) {
    const { exportModel, exportWeb } = await import('@dgprompt/methods/classifier');
    const { savedRun } = await import('@dgprompt/methods/method');
    const { openClassifier } = await import('../own-images/open-classifier.js');
    const { checkOutput } = await import('../terminal/check-output.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { precision, input, classes, format } = options;
    if (format === 'web' && input === 'pixels')
      throw new UsageError('A page reads images of any size itself, so it cannot take --input pixels; leave it out.');
    const base = folder.replace(/[\\/]+$/, '');
    if (format === 'onnx') await checkOutput(options.out ?? `${base}.onnx`);
    const { method, dispose } = await openClassifier(folder, { ...options, precision: 'fp32' }, classes);
    const { trained } = await savedRun(folder);
    await interruptible(
      async (signal, report) => {
        if (format === 'web') {
          const page = await exportWeb(method, {
            folder: options.out ?? `${base}-web`,
            title: basename(resolve(folder)).replaceAll(/[-_]/g, ' '),
            precision,
          });
          const size = `${(page.bytes / 1e6).toFixed(1)} MB`;
          process.stdout.write(
            `${pc.bold(said(page.folder))}: ${size}. Open ${said(join(page.folder, 'index.html'))} in a browser.\n`,
          );
          return;
        }
        const { on, items } = classes ? { on: 'no', items: [] } : await checkedOn(folder, trained);
        const exported = await exportModel(method, {
          file: options.out ?? `${base}.onnx`,
          precision,
          input,
          check: items,
          signal,
          onProgress: ({ done, total }) => report.progress(done / total, 'comparing with predict'),
        });
        report.stop();
        const predict = trained?.precision ? 'predict --precision fp32' : 'predict';
        const why = classes ? '--classes gives it other classes' : 'the images of its training are gone';
        process.stdout.write(`${conclusion(exported, { predict, on, why })}\n`);
      },
      { interrupted: 'Interrupted; nothing was written.', end: dispose },
    );
  },
});

const said = (path: string): string => printable(path, 4000);

/** The validation images of the classifier's training, else the test images, if they still exist. */
async function checkedOn(folder: string, trained: Trained | undefined): Promise<{ on: string; items: Item[] }> {
  const { readSplit } = await import('@dgprompt/datasets/splits');
  const { classifierFiles } = await import('@dgprompt/methods/classifier');
  const file = join(folder, classifierFiles.split);
  if (!trained || !existsSync(file)) return { on: 'no', items: [] };
  const { val, test } = await readSplit(file, trained.folder);
  const [on, items] = val.length > 0 ? ['validation', val] : ['test', test];
  return { on, items: items.filter(({ path }) => existsSync(path)) };
}

interface Compared {
  /** The command that computes as the file does. */
  predict: string;
  /** Kind of the images. */
  on: string;
  /** Why there were none. */
  why: string;
}

function conclusion({ file, bytes, check }: Exported, { predict, on, why }: Compared): string {
  const size = `${pc.bold(said(file))}: ${(bytes / 1e6).toFixed(1)} MB`;
  if (!check) return `${size}. It was not compared with predict since ${why}.`;
  const { images, top1, predictTop1, difference } = check;
  return [
    `${size}.`,
    `On ${images} ${on} images: ${top1.toFixed(1)} % correct, ${predict} ${predictTop1.toFixed(1)} %; probabilities differ by at most ${difference.toExponential(1)}.`,
  ].join('\n');
}
