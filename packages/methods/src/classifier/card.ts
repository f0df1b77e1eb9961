import { baseName, codeSpan, markdownText } from '@dgprompt/io';
import type { Confusion } from '../evaluation/score.js';
import type { Method } from '../learner/types.js';
import type { Trained } from '../method/trained.js';
import { keptEpoch } from '../training/keep.js';

/** The contents of a classifier's card. */
export interface CardFacts {
  method: Pick<Method, 'name' | 'classNames' | 'recipe' | 'task' | 'seed' | 'options'> & {
    clip: Pick<Method['clip'], 'id' | 'source'>;
  };
  /** A method's display name. */
  titleOf(id: string): string;
  trained: Trained;
  /** The most frequent confusions, with the path of a small picture of each mistake, relative to the card. */
  confusions: (Confusion & { thumbnails: string[] })[];
  warnings: readonly string[];
  /** Training images of each class. */
  counts: readonly number[];
}

/** A trained classifier's card, as Markdown: its classes, accuracy, confusions and training. */
export function cardText({ method, titleOf, trained, confusions, warnings, counts }: CardFacts): string {
  const { result, images, source, finishedAt } = trained;
  const { classNames, task, clip } = method;
  const gain = result.top1 - result.zeroShot;
  const lines = [
    `# ${inline(baseName(source))}`,
    '',
    `Classifies images into ${classNames.length} classes. Trained on ${images.train} images of ${codeSpan(source)}, ${finishedAt.slice(0, 10)}.`,
    '',
    '## Accuracy',
    '',
    `On ${result.images} ${onWhat[result.on]}${result.unread ? ` (${result.unread.length} more cannot be read)` : ''}:`,
    '',
    '| | top-1 % |',
    '| --- | ---: |',
    `| this classifier | ${result.top1.toFixed(1)} |`,
    `| the same CLIP without training | ${result.zeroShot.toFixed(1)} |`,
    '',
    verdict(gain, result.images),
    '',
    '| class | trained on | tested on | top-1 % | without training |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...classNames.map((name, label) => classRow(name, counts[label] ?? 0, result.perClass)),
    '',
    ...confused(confusions, classNames),
    ...(warnings.length > 0 ? ['## Warnings about the images', '', ...warnings.map(w => `- ${inline(w)}`), ''] : []),
    ...comparison(trained, titleOf),
    '## Training',
    '',
    ...training(method, trained, titleOf),
    `CLIP: ${codeSpan(clip.source)}, weights ${clip.id.slice(0, 12)}. Hand-written prompt: ${task.templates.map(t => inline(`"${t}"`)).join(', ')}.`,
    ...computed(trained),
    'All settings are in `run.json`; `split.json` lists the images for training, validation and testing.',
  ];
  return `${lines.join('\n')}\n`;
}

/** How it computes, where that is not the default. */
const computed = ({ precision, pillow }: Trained): string[] => [
  ...(precision === undefined ? [] : [`The CLIP's towers compute in ${precision}.`]),
  ...(pillow === 12 ? ['Images are resized like Pillow 12.'] : []),
];

const onWhat = {
  test: 'test images, used neither for training nor for choosing among epochs or methods',
  validation: 'validation images, which also chose the epoch or method: accuracy on new images may be slightly lower',
  training: 'training images, since no others were available: accuracy on new images is unknown',
} as const;

function verdict(gain: number, images: number): string {
  const noise = 100 / Math.sqrt(images); // two standard errors at 50 %
  if (Math.abs(gain) < 0.05) return 'Training made no difference on these images.';
  const by = `${Math.abs(gain).toFixed(1)} points`;
  const doubt = Math.abs(gain) < noise ? `, which is within the noise of ${images} images` : '';
  return gain > 0 ? `Training helped by ${by}${doubt}.` : `Training hurt by ${by}${doubt}.`;
}

function classRow(name: string, trainedOn: number, rows: Trained['result']['perClass']): string {
  const row = rows.find(each => each.name === name);
  const values = row ? [row.images, row.top1.toFixed(1), row.zeroShot.toFixed(1)] : [0, '–', '–'];
  return `| ${inline(name)} | ${trainedOn} | ${values.join(' | ')} |`;
}

function confused(confusions: CardFacts['confusions'], classNames: readonly string[]): string[] {
  if (confusions.length === 0) return ['## Confusions', '', 'None among these images.', ''];
  const row = ({ label, predicted, mistakes, thumbnails }: CardFacts['confusions'][number]) =>
    `| ${inline(classNames[label]!)} | ${inline(classNames[predicted]!)} | ${mistakes.length} | ${thumbnails.map((path, i) => `![${inline(baseName(mistakes[i]!.path))}](${path})`).join(' ')} |`;
  return [
    '## Confusions',
    '',
    '| class | predicted | times | |',
    '| --- | --- | ---: | --- |',
    ...confusions.map(row),
    '',
  ];
}

/** The methods that were tried, if there were several. */
function comparison({ compared }: Trained, titleOf: CardFacts['titleOf']): string[] {
  if (!compared) return [];
  const { on, images, folds, saved, methods } = compared;
  const ofName = methods.filter(({ name }) => name === saved); // several settings of one method share its name
  const top = Math.max(...ofName.map(({ top1 = -1 }) => top1));
  const best = ofName.find(({ top1 = -1 }) => top1 === top);
  const row = (tried: (typeof methods)[number]) => {
    const { name, top1, seconds, reason } = tried;
    return `| ${inline(titleOf(name))}${tried === best ? ', saved' : ''} | ${top1?.toFixed(1) ?? '–'}${reason ? ` (${reason})` : ''} | ${seconds.toFixed(1)} |`;
  };
  return [
    '## Methods',
    '',
    on === 'validation'
      ? `The best of these on ${images} validation images; of equal ones, the first.`
      : folds === 1
        ? 'The first of these without gradient steps: there are no validation images, and one training image per class cannot be held out.'
        : `The best of these in ${folds}-fold cross-validation on ${images} training images, since there are no validation images; of equal ones, the first.`,
    '',
    '| method | top-1 % | seconds |',
    '| --- | ---: | ---: |',
    ...methods.map(row),
    '',
  ];
}

/** How the method was trained, epoch by epoch. */
function training(method: CardFacts['method'], trained: Trained, titleOf: CardFacts['titleOf']): string[] {
  const { recipe, seed } = method;
  const { epochs } = trained;
  const title = inline(titleOf(method.name));
  const seconds = Math.round(epochs.reduce((sum, each) => sum + each.seconds, 0));
  if (recipe.epochs === 0)
    return [`Method ${title}, which takes no gradient steps${epochs.length > 0 ? `; ${seconds} s` : ''}.`, ''];
  return [
    `Method ${title}, ${epochs.length} epoch${epochs.length === 1 ? '' : 's'} in batches of ${recipe.batch} at learning rate ${recipe.lr}, seed ${seed}; ${seconds} s.`,
    kept(trained),
    '',
    '| epoch | loss | validation top-1 % |',
    '| ---: | ---: | ---: |',
    ...epochs.map(
      ({ number, loss, validation }) => `| ${number} | ${loss.toFixed(3)} | ${validation?.toFixed(1) ?? '–'} |`,
    ),
    '',
  ];
}

function kept({ epoch, epochs, images }: Trained): string {
  if (epochs.every(({ validation }) => validation === undefined))
    return 'Kept: the last epoch, since there are no validation images.';
  return keptEpoch(epochs, 'best') === epoch
    ? `Kept: epoch ${epoch}, the best on ${images.val} validation images.`
    : `Kept: the last epoch, as asked; another was better on ${images.val} validation images.`;
}

/** Text for a line of Markdown. */
const inline = (text: string): string => markdownText(text.replace(/\s+/g, ' '));
