import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Item } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import { classifierFiles, type Exported, exportModel, exportWeb } from '@dgprompt/methods/classifier';
import { savedRun } from '@dgprompt/methods/method';
import pc from 'picocolors';
import { openClassifier } from '../own-images/open-classifier.js';
import { stoppable } from '../terminal/interrupt.js';
import { reporter } from '../terminal/reporter.js';
import type { ExportCommandOptions } from './export-command.js';

/** Writes a classifier as an ONNX file or a web page, and says how large it is and what it lost. */
export async function runExport(folder: string, options: ExportCommandOptions): Promise<void> {
  const { precision, input, classes, format } = options;
  const base = folder.replace(/[\\/]+$/, '');
  const { method, dispose } = await openClassifier(folder, { ...options, precision: 'fp32' }, classes);
  const report = reporter();
  await stoppable(
    async signal => {
      if (format === 'web') {
        const page = await exportWeb(method, {
          folder: options.out ?? `${base}-web`,
          title: basename(resolve(folder)).replaceAll(/[-_]/g, ' '),
          precision,
        });
        const megabytes = (page.bytes / 1e6).toFixed(1);
        process.stdout.write(
          `${pc.bold(page.folder)}: ${megabytes} MB. Open ${join(page.folder, 'index.html')} in a browser.\n`,
        );
        return;
      }
      const check = classes ? [] : await validationImages(folder);
      const onChecked = ({ done, total }: { done: number; total: number }) =>
        report.progress(done / total, 'comparing with predict');
      const exported = await exportModel(method, {
        ...{ file: options.out ?? `${base}.onnx`, precision, input, check, signal, onChecked },
      });
      report.stop();
      process.stdout.write(`${told(exported)}\n`);
    },
    {
      end: () => {
        report.stop();
        dispose();
      },
      stopped: 'Stopped; nothing was written.',
    },
  );
}

/** The validation images of the classifier's training (else the test images), as far as they are still there. */
async function validationImages(folder: string): Promise<Item[]> {
  const { trained } = await savedRun(folder);
  const file = join(folder, classifierFiles.split);
  if (!trained || !existsSync(file)) return [];
  const { val, test } = await readSplit(file, trained.folder);
  return (val.length > 0 ? val : test).filter(({ path }) => existsSync(path));
}

function told({ file, bytes, check }: Exported): string {
  const size = `${pc.bold(file)}: ${(bytes / 1e6).toFixed(1)} MB`;
  if (!check) return `${size}. There were no validation images to compare it with predict on.`;
  const { images, top1, predictTop1, difference } = check;
  return [
    `${size}.`,
    `On ${images} validation images: ${top1.toFixed(1)} % right, predict ${predictTop1.toFixed(1)} %; probabilities differ by ${difference.toExponential(1)} at most.`,
  ].join('\n');
}
