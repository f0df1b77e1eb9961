import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Dataset } from '@dgprompt/datasets';
import { writeSplit } from '@dgprompt/datasets/splits';
import { thumbnail } from '@dgprompt/images';
import { cannotWrite, checkWritable, writeFileAtomic } from '@dgprompt/io';
import { accuracy, type Confusion, confusions, type Examination, examine, perClass } from '../evaluation/examine.js';
import { checkpointFiles, saveMethod } from '../method/save.js';
import type { Method } from '../method/types.js';
import { type FitOptions, fitMethod } from '../training/fit.js';
import type { Epoch } from '../training/train.js';
import { transformName } from '../transforms/for-training.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { cardText } from './card.js';
import type { Result, Trained } from './trained.js';

export interface TrainClassifierOptions extends Omit<FitOptions, 'working' | 'validation'> {
  /** Folder for the finished classifier; while training, for what it goes on from. */
  out: string;
  /** What the images came from, a folder or a list: an absolute path. */
  source: string;
  /** Sentences about the data that belong on the card. */
  warnings?: readonly string[];
  /** Told how far judging the finished classifier is. */
  onJudged?(progress: { done: number; total: number }): void;
}

/** Files beside the two of a checkpoint, and the folder that is there only while training. */
export const classifierFiles = {
  card: 'card.md',
  split: 'split.json',
  pictures: 'card',
  working: '.training',
} as const;

/** Confusions on a card, and pictures for each. */
const [shownConfusions, shownPictures, pictureSide] = [8, 4, 96];

/**
 * From labelled images to a classifier's folder: trains, keeps the epoch that does best on the validation images, judges it beside the
 * untrained CLIP on the test images, and writes `prompts.safetensors`, `run.json`, `split.json` and `card.md`. Called again after it was
 * cut off or aborted, it goes on where it stopped, to the same bits.
 *
 * @param method what to train, put on a CLIP and the dataset's class names
 * @param dataset its `train` is trained on, `val` (if any) chooses the epoch, `test` (else `val`, else `train`) is judged
 * @throws one sentence if the folder cannot be written, holds a finished classifier, or another training run; what `train` throws
 */
export async function trainClassifier(
  method: Method,
  dataset: Dataset,
  { out, source, warnings = [], onJudged, ...options }: TrainClassifierOptions,
): Promise<Trained> {
  const working = join(out, classifierFiles.working);
  if (existsSync(join(out, checkpointFiles.prompts)) && !existsSync(working))
    throw new Error(`${out} holds a finished classifier already; give another folder, or delete that one.`);
  await checkWritable(out);
  const { epochs, kept } = await fitMethod(method, dataset.train, { ...options, working, validation: dataset.val });
  const { result, examination } = await judge(method, dataset, options.signal, onJudged);
  const folder = sharedFolder([...dataset.train, ...dataset.val, ...dataset.test].map(({ path }) => path));
  const trained: Trained = {
    source,
    folder,
    images: { train: dataset.train.length, val: dataset.val.length, test: dataset.test.length },
    views: transformName(options),
    epoch: kept,
    epochs: epochs.map(short),
    result,
    finishedAt: new Date().toISOString(),
  };
  const pictured = await pictures(out, confusions(examination).slice(0, shownConfusions));
  const counts = method.classNames.map((_, label) => dataset.train.filter(item => item.label === label).length);
  await writeFileAtomic(
    join(out, classifierFiles.card),
    cardText({ method, trained, confusions: pictured, warnings, counts }),
  );
  const split = join(out, classifierFiles.split);
  await writeSplit(split, dataset, folder).catch(cause => {
    throw cannotWrite(split, cause);
  });
  await saveMethod(method, out, { trained });
  await rm(working, { recursive: true });
  return trained;
}

const short = ({ number, loss, seconds, validation }: Epoch): Trained['epochs'][number] => ({
  ...{ number, loss, seconds },
  ...(validation !== undefined && { validation }),
});

async function judge(
  method: Method,
  { train, val, test }: Dataset,
  signal: AbortSignal | undefined,
  onJudged: TrainClassifierOptions['onJudged'],
): Promise<{ result: Result; examination: Examination }> {
  const [on, items] =
    test.length > 0
      ? (['test', test] as const)
      : val.length > 0
        ? (['validation', val] as const)
        : (['training', train] as const);
  const total = 2 * items.length;
  const examination = await examine(method, items, { signal, onImage: ({ done }) => onJudged?.({ done, total }) });
  const { templates, dataset } = method.task;
  const frozen = zeroshot(method.clip, method.classNames, { templates, dataset });
  const before = await examine(frozen, items, {
    signal,
    onImage: ({ done }) => onJudged?.({ done: items.length + done, total }),
  });
  frozen.dispose();
  const [own, theirs] = [examination, before].map(perClass);
  const result: Result = {
    on,
    images: examination.judgements.length,
    top1: accuracy(examination.judgements),
    zeroShot: accuracy(before.judgements),
    perClass: own!.map((row, i) => ({ ...row, zeroShot: theirs![i]!.top1 })),
  };
  return { result, examination };
}

/** Writes small pictures of the mistakes for the card. */
async function pictures(out: string, shown: Confusion[]): Promise<(Confusion & { thumbnails: string[] })[]> {
  const folder = join(out, classifierFiles.pictures);
  await rm(folder, { recursive: true, force: true });
  if (shown.length > 0) await mkdir(folder, { recursive: true });
  const pictured = [];
  for (const [row, confusion] of shown.entries()) {
    const thumbnails = [];
    for (const [i, { path }] of confusion.mistakes.slice(0, shownPictures).entries()) {
      const name = `${row + 1}-${i + 1}.jpg`;
      await writeFileAtomic(join(folder, name), await thumbnail(path, pictureSide));
      thumbnails.push(`${classifierFiles.pictures}/${name}`);
    }
    pictured.push({ ...confusion, thumbnails });
  }
  return pictured;
}

function sharedFolder(paths: string[]): string {
  let shared = dirname(paths[0]!);
  for (const path of paths)
    while (!path.startsWith(shared.endsWith(sep) ? shared : shared + sep) && shared !== dirname(shared))
      shared = dirname(shared);
  return shared;
}
