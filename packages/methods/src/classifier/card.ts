import { baseName } from '@dgprompt/io';
import type { Confusion } from '../evaluation/score.js';
import type { Method } from '../learner/types.js';
import type { Trained } from '../method/trained.js';

/** What a classifier's card is written from. */
export interface CardFacts {
  method: Pick<Method, 'name' | 'classNames' | 'recipe' | 'task' | 'seed' | 'options'> & {
    clip: Pick<Method['clip'], 'id' | 'source'>;
  };
  trained: Trained;
  /** The commonest confusions, with the path of a small picture of each mistake, relative to the card. */
  confusions: (Confusion & { thumbnails: string[] })[];
  warnings: readonly string[];
  /** Training images of each class. */
  counts: readonly number[];
}

/** A trained classifier's card, as Markdown: what it knows, how well, what it confuses, how it was made. */
export function cardText({ method, trained, confusions, warnings, counts }: CardFacts): string {
  const { result, images, epoch, epochs, source, finishedAt } = trained;
  const { classNames, recipe, task, seed, clip } = method;
  const gain = result.top1 - result.zeroShot;
  const seconds = epochs.reduce((sum, each) => sum + each.seconds, 0);
  const lines = [
    `# ${inline(baseName(source))}`,
    '',
    `Tells ${classNames.length} classes apart. Trained on ${images.train} images of \`${source}\`, ${finishedAt.slice(0, 10)}.`,
    '',
    '## How well',
    '',
    `On ${result.images} ${onWhat[result.on]}:`,
    '',
    '| | top-1 % |',
    '| --- | ---: |',
    `| this classifier | ${result.top1.toFixed(1)} |`,
    `| the same CLIP without training | ${result.zeroShot.toFixed(1)} |`,
    '',
    verdict(gain, result.images),
    '',
    '| class | trained on | judged on | top-1 % | without training |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...classNames.map((name, label) => classRow(name, counts[label] ?? 0, result.perClass)),
    '',
    ...confused(confusions, classNames),
    ...(warnings.length > 0
      ? ['## What looks wrong in the images', '', ...warnings.map(w => `- ${inline(w)}`), '']
      : []),
    '## How it was trained',
    '',
    `Method ${method.name}, ${epochs.length} epoch${epochs.length === 1 ? '' : 's'} in batches of ${recipe.batch} at learning rate ${recipe.lr}, seed ${seed}; ${Math.round(seconds)} s.`,
    epochs.some(({ validation }) => validation !== undefined)
      ? `Kept: epoch ${epoch}, the best on ${images.val} validation images.`
      : 'Kept: the last epoch, since there were no validation images.',
    '',
    '| epoch | loss | validation top-1 % |',
    '| ---: | ---: | ---: |',
    ...epochs.map(
      ({ number, loss, validation }) => `| ${number} | ${loss.toFixed(3)} | ${validation?.toFixed(1) ?? '–'} |`,
    ),
    '',
    `CLIP: \`${clip.source}\`, weights ${clip.id.slice(0, 12)}. Hand-written prompt: ${task.templates.map(t => `"${t}"`).join(', ')}.`,
    'Every setting is in `run.json`; which image was used for what, in `split.json`.',
  ];
  return `${lines.join('\n')}\n`;
}

const onWhat = {
  test: 'images held out from training and from choosing the epoch',
  validation: 'validation images, which the kept epoch was chosen by: a new image may do a little worse',
  training: 'of the training images themselves, since none were held out: how it does on others is not known',
} as const;

function verdict(gain: number, images: number): string {
  const noise = 100 / Math.sqrt(images); // two standard errors at 50 %
  if (Math.abs(gain) < 0.05) return 'Training changed nothing that these images show.';
  const by = `${Math.abs(gain).toFixed(1)} points`;
  const doubt = Math.abs(gain) < noise ? `, less than what ${images} images can tell from chance` : '';
  return gain > 0 ? `Training helped by ${by}${doubt}.` : `Training hurt by ${by}${doubt}.`;
}

function classRow(name: string, trainedOn: number, rows: Trained['result']['perClass']): string {
  const row = rows.find(each => each.name === name);
  const values = row ? [row.images, row.top1.toFixed(1), row.zeroShot.toFixed(1)] : [0, '–', '–'];
  return `| ${inline(name)} | ${trainedOn} | ${values.join(' | ')} |`;
}

function confused(confusions: CardFacts['confusions'], classNames: readonly string[]): string[] {
  if (confusions.length === 0) return ['## What it confuses', '', 'Nothing among these images.', ''];
  const row = ({ label, predicted, mistakes, thumbnails }: CardFacts['confusions'][number]) =>
    `| ${inline(classNames[label]!)} | ${inline(classNames[predicted]!)} | ${mistakes.length} | ${thumbnails.map((path, i) => `![${inline(baseName(mistakes[i]!.path))}](${path})`).join(' ')} |`;
  return [
    '## What it confuses',
    '',
    '| is | taken for | times | |',
    '| --- | --- | ---: | --- |',
    ...confusions.map(row),
    '',
  ];
}

/** Text that stands in a line of Markdown as it is. */
const inline = (text: string): string => text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ');
