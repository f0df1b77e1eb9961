import type { Dataset } from '@dgprompt/datasets';
import { writeSplit } from '@dgprompt/datasets/splits';
import { thumbnail } from '@dgprompt/images';
import {
  cannotWrite,
  joinPath,
  lockFolder,
  makeFolder,
  type OnProgress,
  type Progress,
  removePath,
  writeFileAtomic,
} from '@dgprompt/io';
import { chanceWarning } from '../evaluation/chance.js';
import { type Examination, examine } from '../evaluation/examine.js';
import type { Confusion } from '../evaluation/score.js';
import type { Method } from '../learner/types.js';
import { saveMethod } from '../method/save.js';
import type { Result, Trained } from '../method/trained.js';
import type { Epoch } from '../training/history.js';
import { keptEpoch } from '../training/keep.js';
import { type TrainOptions, type TrainProgress, train } from '../training/train.js';
import { transformName } from '../transforms/for-training.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { checkBeforeTraining } from './before-training.js';
import { cardText } from './card.js';

/**
 * The phases of `train`, then `images`: those that the finished classifier, and then the untrained CLIP, are tested on.
 */
export type ClassifierProgress = TrainProgress | Progress<'images'>;

export interface TrainClassifierOptions
  extends Omit<TrainOptions, 'checkpoint' | 'checkpointSeconds' | 'validation' | 'onProgress'> {
  /** Folder for the finished classifier; while training, for the checkpoint to resume from. */
  out: string;
  /** Where the images came from, a folder or a list: an absolute path. */
  source: string;
  /** The method's name on the card. Default: its id. */
  title?: string;
  onProgress?: OnProgress<ClassifierProgress>;
}

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

/**
 * From labelled images to a classifier's folder: trains, keeps the epoch with the best validation accuracy (unless
 * `keep`
 * says otherwise), tests it next to the untrained CLIP, and writes `prompts.safetensors`, `run.json`, `split.json` and
 * `card.md`. Called again
 * after an interruption, it resumes where it stopped, with the same bits.
 *
 * @param method on the dataset's class names
 * @param dataset `train` is trained on, `val` (if any) chooses the epoch, `test` (else `val`, else `train`) tests it
 * @throws one sentence if the folder is not writable, or has a finished classifier, other files of the same names or
 *   another training run, if another process works in it, or a hand-written prompt is too long; the errors of `train`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { trainClassifier } from '@dgprompt/methods/classifier';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const few = { ...weather, train: weather.train.slice(0, 4), val: [], test: weather.test.slice(0, 4) };
 * const method = coop(await loadClip(miniClip), weather.classNames, { epochs: 1, batch: 4 });
 * const out = join(mkdtempSync(join(tmpdir(), 'x-')), 'classifier');
 * const { result } = await trainClassifier(method, few, { out, source: 'weather' });
 * console.log(result.on, result.images); // test 4
 * ```
 */
export const trainClassifier = (method: Method, dataset: Dataset, options: TrainClassifierOptions): Promise<Trained> =>
  lockFolder(options.out, () => trainAlone(method, dataset, options), { doing: 'train' });

/** In a folder that no other process works in. */
async function trainAlone(
  method: Method,
  dataset: Dataset,
  { out, source, title, keep = dataset.val.length > 0 ? 'best' : 'last', ...options }: TrainClassifierOptions,
): Promise<Trained> {
  const working = joinPath(out, classifierFiles.working);
  const folder = await checkBeforeTraining(method, dataset, out, classifierFiles);
  const epochs: Epoch[] = [];
  const training = train(method, dataset, {
    ...options,
    keep,
    checkpoint: working,
    validation: dataset.val,
    onResume(done) {
      epochs.push(...done);
      options.onResume?.(done);
    },
  });
  for await (const epoch of training) epochs.push(epoch);
  const { result, examination } = await judge(method, dataset, options);
  const trained: Trained = {
    source,
    folder,
    images: { train: dataset.train.length, val: dataset.val.length, test: dataset.test.length },
    views: transformName({ ...options, augment: options.augment ?? !dataset.fixedViews }),
    epoch: keptEpoch(epochs, keep),
    epochs: epochs.map(short),
    result,
    finishedAt: new Date().toISOString(),
  };
  const pictured = await pictures(out, examination.confusions.slice(0, shownConfusions));
  const counts = method.classNames.map((_, label) => dataset.train.filter(item => item.label === label).length);
  const warnings = [...dataset.warnings, ...(result.warning ? [result.warning] : [])];
  await writeFileAtomic(
    joinPath(out, classifierFiles.card),
    cardText({ method, title, trained, confusions: pictured, warnings, counts }),
  );
  const split = joinPath(out, classifierFiles.split);
  await writeSplit(split, dataset, folder).catch(cause => {
    throw cannotWrite(split, cause);
  });
  const { code } = options;
  await saveMethod(method, out, { trained, ...(code !== undefined && { code }) });
  await removePath(working);
  return trained;
}

const short = ({ number, loss, seconds, validation }: Epoch): Trained['epochs'][number] => ({
  number,
  loss,
  seconds,
  ...(validation !== undefined && { validation }),
});

async function judge(
  method: Method,
  { train, val, test }: Dataset,
  { signal, onProgress }: Pick<TrainClassifierOptions, 'signal' | 'onProgress'>,
): Promise<{ result: Result; examination: Examination }> {
  const on = test.length > 0 ? 'test' : val.length > 0 ? 'validation' : 'training';
  const items = { test, validation: val, training: train }[on];
  const after = (before: number) => (progress: Progress) => {
    const done = before + progress.done;
    if (progress.phase === 'images') onProgress?.({ phase: 'images', done, total: 2 * items.length });
  };
  const examination = await examine(method, items, { signal, onProgress: after(0) });
  const { templates, dataset } = method.task;
  const frozen = zeroshot(method.clip, method.classNames, { templates, dataset });
  const before = await examine(frozen, items, { signal, onProgress: after(items.length) });
  frozen.dispose();
  const warning = chanceWarning(dataset, before, method.classNames.length);
  const result: Result = {
    on,
    images: examination.total,
    top1: examination.top1,
    zeroShot: before.top1,
    ...(warning && { warning }),
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
