import type { Dataset } from '@dgprompt/datasets';
import { writeSplit } from '@dgprompt/datasets/splits';
import { activeDevice } from '@dgprompt/engine';
import { pillow, thumbnail } from '@dgprompt/images';
import {
  cannotWrite,
  joinPath,
  makeFolder,
  type OnProgress,
  type Progress,
  removePath,
  writeFileAtomic,
} from '@dgprompt/io';
import { chanceWarning } from '../evaluation/chance.js';
import { type Examination, examine } from '../evaluation/examine.js';
import type { Confusion } from '../evaluation/score.js';
import type { FrozenRows } from '../features/image.js';
import { promptedImages } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { saveMethod } from '../method/save.js';
import type { Result, Trained } from '../method/trained.js';
import type { Epoch } from '../training/history.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { cardText } from './card.js';
import type { ClassifierProgress } from './options.js';

/** Files next to the two of a checkpoint, and the folder that exists only during training. */
export const classifierFiles = {
  card: 'card.md',
  split: 'split.json',
  pictures: 'card',
  working: '.training',
} as const;

/** Confusions on a card. */
const shownConfusions = 8;
/** Pictures per confusion. */
const shownPictures = 4;
/** Their longer side, in pixels. */
const pictureSide = 96;

/** Facts about a method after training. */
export interface Learned
  extends Pick<Trained, 'source' | 'folder' | 'views' | 'epoch'>,
    Partial<Pick<Trained, 'compared'>> {
  epochs: readonly Epoch[];
}

export interface WriteOptions {
  out: string;
  title?: string | ((id: string) => string);
  /** The version of the user's own code. */
  code?: string;
  /** Frozen features of the images that it is tested on. */
  rows?: FrozenRows;
  signal?: AbortSignal;
  onProgress?: OnProgress<ClassifierProgress>;
}

/** Tests a trained method next to the untrained CLIP, and writes its folder. */
export async function writeClassifier(
  method: Method,
  dataset: Dataset,
  { epochs, ...learned }: Learned,
  options: WriteOptions,
): Promise<Trained> {
  const { out, title, code } = options;
  const { result, examination } = await judge(method, dataset, options);
  const { precision } = activeDevice();
  const trained: Trained = {
    ...learned,
    ...(precision !== 'fp32' && { precision }),
    pillow: pillow(),
    images: { train: dataset.train.length, val: dataset.val.length, test: dataset.test.length },
    epochs: epochs.map(short),
    result,
    finishedAt: new Date().toISOString(),
  };
  const pictured = await pictures(out, examination.confusions.slice(0, shownConfusions));
  const counts = method.classNames.map((_, label) => dataset.train.filter(item => item.label === label).length);
  const warnings = [...dataset.warnings, ...(result.warning ? [result.warning] : [])];
  const titleOf = typeof title === 'function' ? title : (id: string) => (id === method.name && title) || id;
  await writeFileAtomic(
    joinPath(out, classifierFiles.card),
    cardText({ method, titleOf, trained, confusions: pictured, warnings, counts }),
  );
  const split = joinPath(out, classifierFiles.split);
  await writeSplit(split, dataset, learned.folder).catch(cause => {
    throw cannotWrite(split, cause);
  });
  await saveMethod(method, out, { trained, ...(code !== undefined && { code }) });
  return trained;
}

const short = ({ number, loss, seconds, validation }: Epoch): Trained['epochs'][number] => ({
  number,
  loss,
  seconds,
  ...(validation !== undefined && { validation }),
});

/**
 * The images that a classifier is tested on: test images; validation images if there are none; else training images.
 */
export function testedOn({ train, val, test }: Dataset) {
  const on = test.length > 0 ? 'test' : val.length > 0 ? 'validation' : 'training';
  return { on, items: { test, validation: val, training: train }[on] } as const;
}

async function judge(
  method: Method,
  dataset: Dataset,
  { rows, signal, onProgress }: WriteOptions,
): Promise<{ result: Result; examination: Examination }> {
  const { on, items } = testedOn(dataset);
  const after = (before: number) => (progress: Progress) => {
    const done = before + progress.done;
    if (progress.phase === 'images') onProgress?.({ phase: 'images', done, total: 2 * items.length });
  };
  const examination = await examine(method, items, {
    ...{ signal, rows: promptedImages(method) ? undefined : rows },
    onProgress: after(0),
  });
  const { templates, dataset: name } = method.task;
  const frozen = zeroshot(method.clip, method.classNames, { templates, dataset: name });
  const before = await examine(frozen, items, { signal, rows, onProgress: after(items.length) });
  frozen.dispose();
  const warning = chanceWarning(name, before, method.classNames.length);
  const result: Result = {
    on,
    images: examination.total,
    top1: examination.top1,
    zeroShot: before.top1,
    ...(warning && { warning }),
    ...(examination.unread.length > 0 && { unread: examination.unread.map(({ path }) => path) }),
    perClass: examination.perClass.map(({ classname, total, accuracy }, i) => ({
      name: classname,
      images: total,
      top1: accuracy,
      zeroShot: before.perClass[i]!.accuracy,
    })),
  };
  return { result, examination };
}

/** Writes small pictures of the mistakes for the card. */
async function pictures(out: string, shown: Confusion[]): Promise<(Confusion & { thumbnails: string[] })[]> {
  const folder = joinPath(out, classifierFiles.pictures);
  await removePath(folder);
  if (shown.length > 0) await makeFolder(folder);
  const pictured = [];
  for (const [row, confusion] of shown.entries()) {
    const thumbnails = [];
    for (const [i, { path }] of confusion.mistakes.slice(0, shownPictures).entries()) {
      const name = `${row + 1}-${i + 1}.jpg`;
      await writeFileAtomic(joinPath(folder, name), await thumbnail(path, pictureSide));
      thumbnails.push(`${classifierFiles.pictures}/${name}`);
    }
    pictured.push({ ...confusion, thumbnails });
  }
  return pictured;
}
