import { resolve } from 'node:path';
import { methodTitle } from '@dgprompt/bench/methods';
import { printable } from '@dgprompt/io';
import type { Comparison, Trained } from '@dgprompt/methods/method';
import pc from 'picocolors';
import { textTable } from './table.js';
import { quotedPath } from './this-command.js';

/** The final output of `dgprompt train`: the methods tried (if several), the accuracy and the next command. */
export function conclusion(
  { epoch, epochs, result, compared }: Trained,
  { out, file }: { out: string; file?: string },
): string {
  const where = { test: 'test', validation: 'validation', training: 'training' }[result.on];
  const from = file === undefined ? '' : ` --methods-from ${quotedPath(resolve(file))}`;
  const kept = epoch < epochs.length ? `, epoch ${epoch} kept` : '';
  return [
    ...(compared ? comparison(compared) : []),
    `${pc.bold(`${result.top1.toFixed(1)} %`)} of ${result.images} ${where} images correct, ${result.zeroShot.toFixed(1)} % before training${kept}.`,
    ...unread(result),
    `${printable(out, 4000)} has the classifier; see card.md in it for details. Next:`,
    `  dgprompt predict ${quotedPath(resolve(out))} photo.jpg${from}`,
  ].join('\n');
}

/** The images that the result leaves out, since they cannot be read. */
const unread = ({ unread: paths = [] }: Trained['result']): string[] =>
  paths.length === 0
    ? []
    : [
        `  ! left out, since ${paths.length === 1 ? 'it' : 'they'} cannot be read: ${printable(paths.join(', '), 4000)}`,
      ];

/** The table of methods, and why one of them was saved. */
function comparison({ on, images, folds, saved, methods }: Comparison): string[] {
  const head = ['method', on === 'validation' ? 'validation %' : 'cross-validation %', 'seconds', ''];
  const rows = methods.map(({ name, top1, seconds, reason }) => [
    methodTitle(name),
    top1?.toFixed(1) ?? '–',
    seconds.toFixed(1),
    [name === saved ? 'saved' : '', reason ?? ''].filter(Boolean).join(', '),
  ]);
  return [
    textTable({ head, groups: [rows], align: 'lrrl' }),
    `${methodTitle(saved)} was saved: ${why({ on, images, folds })}`,
    ...(on === 'training' ? ['To compare all methods, give more images, or a val folder next to train and test.'] : []),
  ];
}

function why({ on, images, folds = 1 }: Pick<Comparison, 'on' | 'images' | 'folds'>): string {
  if (on === 'validation') return `the best on ${images} validation images; of equal ones, the first.`;
  if (folds === 1)
    return 'the first, since there are no validation images, and one training image per class cannot be held out.';
  return (
    `the best on ${images} training images in ${folds}-fold cross-validation, since there are no validation images; ` +
    'of equal ones, the first.'
  );
}
