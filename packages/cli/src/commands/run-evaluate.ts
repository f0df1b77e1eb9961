import { basename, resolve } from 'node:path';
import { writeFileAtomic } from '@dgprompt/io';
import { accuracy, confusions, type Examination, examine, perClass } from '@dgprompt/methods/evaluation';
import pc from 'picocolors';
import { evaluationItems } from '../own-images/evaluation-items.js';
import { mistakesPage } from '../own-images/mistakes-page.js';
import { openClassifier } from '../own-images/open-classifier.js';
import { stoppable } from '../terminal/interrupt.js';
import { reporter } from '../terminal/reporter.js';
import type { EvaluateCommandOptions } from './evaluate-command.js';

/** Judges a classifier on a folder of labelled images, prints what it confuses, and writes the page of mistakes. */
export async function runEvaluate(folder: string, images: string, options: EvaluateCommandOptions): Promise<void> {
  const { method, dispose } = await openClassifier(folder, options, options.classes);
  const report = reporter();
  await stoppable(
    async signal => {
      const { items, what } = await evaluationItems(folder, images, method, options.split);
      const onImage = ({ done, total }: { done: number; total: number }) => report.progress(done / total, 'testing');
      const found = await examine(method, items, { signal, onImage });
      report.stop();
      for (const { error } of found.unread) process.stderr.write(`dgprompt: ${error.message}\n`);
      if (found.judgements.length === 0) throw new Error(`None of the images in ${images} can be read.`);
      const title = `${basename(resolve(folder))} on ${basename(resolve(images))}`;
      await writeFileAtomic(options.out, await mistakesPage(found, { title, what }));
      process.stdout.write(
        options.json ? `${JSON.stringify(numbers(found), null, 2)}\n` : told(found, what, options.out),
      );
      if (found.unread.length > 0) process.exitCode = 1;
    },
    {
      end: () => {
        report.stop();
        dispose();
      },
      stopped: 'Stopped.',
    },
  );
}

/** Confusions that are printed. */
const shown = 5;

function numbers(found: Examination) {
  const { classNames, judgements, unread } = found;
  return {
    top1: accuracy(judgements),
    images: judgements.length,
    perClass: perClass(found),
    confusions: confusions(found).map(({ label, predicted, mistakes }) => ({
      ...{ is: classNames[label]!, takenFor: classNames[predicted]!, times: mistakes.length },
    })),
    unread: unread.map(({ path }) => path),
  };
}

function told(found: Examination, what: string, out: string): string {
  const { top1, confusions: pairs } = numbers(found);
  const worst = pairs.slice(0, shown).map(({ is, takenFor, times }) => `  ${times} × ${is} taken for ${takenFor}`);
  return `${[`${pc.bold(`${top1.toFixed(1)} %`)} of ${what} right.`, ...worst, `${out} shows the mistakes.`].join('\n')}\n`;
}
