import { basename, resolve } from 'node:path';
import { type Progress, printable } from '@dgprompt/io';
import type { Examination } from '@dgprompt/methods/evaluation';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { oneOf, option, text } from '../options/option.js';
import { classesOption, jsonOption, methodsFromOption, trainedComputeOptions, viewsOption } from '../options/table.js';

/** `dgprompt evaluate`: tests a classifier on labelled images, and writes a page of its mistakes. */
export const evaluate = defineCommand({
  summary: 'test a classifier on labelled images',
  description: 'Test a classifier on a folder with one folder of images per class.',
  arguments: [
    ['<classifier>', 'folder that dgprompt train wrote'],
    ['<folder>', 'the images'],
  ],
  examples: [
    'evaluate ./classifier ./other-flowers --out mistakes.html',
    'evaluate ./classifier ./flowers --split val --json',
  ],
  options: {
    out: option('--out <file>', 'page with the mistakes, most confident first', text.default('evaluation.html')),
    split: option(
      '--split <name>',
      'train, val, test, all (default: test if there is one)',
      oneOf('split', ['train', 'val', 'test', 'all']).optional(),
    ),
    ...classesOption,
    json: { ...jsonOption.json, help: 'print {"top1", "images", "perClass", "confusions"} and nothing else' },
    ...viewsOption,
    ...methodsFromOption,
    ...trainedComputeOptions,
  },
  async action(options, [folder, images]) {
    const { examine } = await import('@dgprompt/methods/evaluation');
    const { evaluationItems } = await import('../own-images/evaluation-items.js');
    const { mistakesPage } = await import('../report/mistakes-page.js');
    const { openClassifier } = await import('../own-images/open-classifier.js');
    const { checkOutput, writeOutput } = await import('../terminal/check-output.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { views } = options;
    await checkOutput(options.out);
    const { method, dispose } = await openClassifier(folder, options, options.classes);
    await interruptible(
      async (signal, report) => {
        const { items, what: which } = await evaluationItems(folder, images, method, options.split);
        const what = (count: number) => `${which(count)}${views > 1 ? ` in ${views} views` : ''}`;
        const onProgress = ({ phase, done, total }: Progress) =>
          phase === 'images' && report.progress(done / total, 'testing');
        const found = await examine(method, items, { views, signal, onProgress });
        report.stop();
        for (const { error } of found.unread) process.stderr.write(`dgprompt: ${printable(error.message, 4000)}\n`);
        if (found.judgements.length === 0) throw new Error(`None of the images in ${images} can be read.`);
        const title = `${basename(resolve(folder))} on ${basename(resolve(images))}`;
        await writeOutput(options.out, await mistakesPage(found, { title, what: what(found.total) }));
        const result = { ...summarize(found), ...(views > 1 && { views }) };
        const { top1, confusions } = result;
        const worst = confusions
          .slice(0, 5)
          .map(one => `  ${one.times} × ${printable(one.is)} taken for ${printable(one.takenFor)}`);
        const lines = [
          ...(method.learner.adaptSet
            ? [`${method.name} is tested as it predicts: image by image, without adapting to the test.`]
            : []),
          `${pc.bold(`${top1.toFixed(1)} %`)} of ${what(found.total)} correct.`,
          ...worst,
          `${printable(options.out, 4000)} shows the mistakes.`,
        ];
        process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : lines.join('\n')}\n`);
        if (found.unread.length > 0) process.exitCode = 1;
      },
      { interrupted: 'Interrupted.', end: dispose },
    );
  },
});

function summarize({ classNames, top1, total, perClass, confusions, unread }: Examination) {
  return {
    top1,
    images: total,
    perClass: perClass.map(({ classname, total, accuracy }) => ({ name: classname, images: total, top1: accuracy })),
    confusions: confusions.map(({ label, predicted, mistakes }) => ({
      is: classNames[label]!,
      takenFor: classNames[predicted]!,
      times: mistakes.length,
    })),
    unread: unread.map(({ path }) => path),
  };
}
