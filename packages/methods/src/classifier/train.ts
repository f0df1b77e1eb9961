import type { Dataset } from '@dgprompt/datasets';
import { joinPath, lockFolder, pathExists, removePath } from '@dgprompt/io';
import { takesSteps } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { checkpointFiles, savedRun } from '../method/saved-run.js';
import type { Trained } from '../method/trained.js';
import type { Epoch } from '../training/history.js';
import { keptEpoch } from '../training/keep.js';
import { type TrainOptions, train } from '../training/train.js';
import { transformName, withRecipeViews } from '../transforms/for-training.js';
import { checkBeforeTraining } from './before-training.js';
import type { TrainClassifierOptions } from './options.js';
import { checkComparable, triedFile, tryMethods } from './try-methods.js';
import { classifierFiles, writeClassifier } from './write.js';

/**
 * The methods that `dgprompt train` tries by default, cheapest first: the first three take seconds on frozen features.
 *
 * @example
 * ```ts
 * import { defaultMethods } from '@dgprompt/methods/classifier';
 *
 * console.log(defaultMethods); // [ 'clip', 'clip:memory', 'linear-probe', 'dgprompt' ]
 * ```
 */
export const defaultMethods: readonly string[] = ['clip', 'clip:memory', 'linear-probe', 'dgprompt'];

/**
 * Trains a classifier on labelled images and writes its folder: keeps the epoch with the best validation accuracy
 * (unless `keep` says otherwise), tests it next to the untrained CLIP, and writes `prompts.safetensors`, `run.json`,
 * `split.json` and `card.md`. Called again after an interruption, it resumes where it stopped, with bit-identical
 * results.
 *
 * Of several methods, saves the one with the best validation accuracy; the first one wins a tie, so list cheaper
 * methods first. They share frozen features, and a later call does not retry finished ones. Without validation images,
 * methods without gradient steps are compared by cross-validation on the training images, and the others are left out,
 * not trained and never saved.
 * An interruption saves the best so far, if one is finished.
 *
 * @param method one method on the dataset's class names, or several
 * @param dataset trains on `train`, chooses epoch and method on `val` (if any), tests on `test` (else `val`, else
 *   `train`)
 * @returns what was saved; `compared` lists what each of several methods reached, with a `reason` if its training is
 *   incomplete
 * @throws one sentence if the folder is not writable, contains a finished classifier, other files of the same names or
 *   another training run, or is in use by another process, if a hand-written prompt is too long, or if all of several
 *   methods take gradient steps and there are no validation images; the errors of `train`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { linearProbe, zeroshot } from '@dgprompt/methods';
 * import { trainClassifier } from '@dgprompt/methods/classifier';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const few = { ...weather, train: weather.train.slice(0, 40), val: weather.val.slice(0, 20) };
 * const clip = await loadClip(miniClip);
 * const methods = [zeroshot(clip, few), linearProbe(clip, few)];
 * const out = join(mkdtempSync(join(tmpdir(), 'x-')), 'classifier');
 * const { compared } = await trainClassifier(methods, few, { out, source: 'weather' });
 * console.log(compared!.images, compared!.methods.map(({ name }) => name)); // 20 [ 'clip', 'linear-probe' ]
 * ```
 */
export const trainClassifier = (
  method: Method | readonly Method[],
  dataset: Dataset,
  options: TrainClassifierOptions,
): Promise<Trained> =>
  lockFolder(
    options.out,
    async () => {
      const methods = Array.isArray(method) ? (method as readonly Method[]) : undefined;
      if (methods) checkComparable(methods);
      for (const one of methods ?? [method as Method]) checkPredictsAlone(one);
      const first = methods?.[0] ?? (method as Method);
      const folder = await checkBeforeTraining(first, dataset, options.out, classifierFiles);
      await checkUnfinished(options.out, methods);
      return methods && methods.length > 1
        ? trainBest(methods, dataset, folder, options)
        : trainOne(first, dataset, folder, options);
    },
    { doing: 'train' },
  );

async function trainOne(
  method: Method,
  dataset: Dataset,
  folder: string,
  { onMethod: _, onTried: __, ...given }: TrainClassifierOptions,
): Promise<Trained> {
  const { out, source, title, keep = defaultKeep(dataset), ...options } = given;
  const working = joinPath(out, classifierFiles.working);
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
  const learned = { source, folder, views: viewsOf(method, dataset, options), epoch: keptEpoch(epochs, keep), epochs };
  const trained = await writeClassifier(method, dataset, learned, { ...options, out, title });
  await removePath(working);
  return trained;
}

/** Tries several methods, and writes the best. */
async function trainBest(
  methods: readonly Method[],
  dataset: Dataset,
  folder: string,
  { out, source, title, keep = defaultKeep(dataset), ...options }: TrainClassifierOptions,
): Promise<Trained> {
  const working = joinPath(out, classifierFiles.working);
  const best = await tryMethods(methods, dataset, { ...options, keep, working });
  const { method, epochs, compared, rows, isStopped } = best;
  const views = viewsOf(method, dataset, options);
  const learned = { source, folder, views, epoch: keptEpoch(epochs, keep), epochs, compared };
  const signal = isStopped ? undefined : options.signal;
  const trained = await writeClassifier(method, dataset, learned, { ...options, out, title, rows, signal });
  if (!isStopped) await removePath(working);
  return trained;
}

/** @throws one sentence for a method that adapts to a test as a whole, which a classifier of single images cannot */
function checkPredictsAlone({ name, learner }: Method): void {
  if (learner.adaptSet)
    throw new Error(
      `${name} adapts to all images of a test, and a classifier sees one image at a time; train the method without it, or test it with bench.`,
    );
}

const defaultKeep = ({ val }: Dataset) => (val.length > 0 ? 'best' : 'last');

/** The views that a method learned from; a fit draws as many as it needs, or reads whole images. */
function viewsOf({ recipe, learner }: Method, { fixedViews }: Dataset, options: TrainOptions): string {
  const views = withRecipeViews(options, recipe, fixedViews);
  if (takesSteps({ recipe, learner })) return transformName(views);
  const isAugmented = learner.readsAugmented && views.cacheFeatures !== 0;
  return transformName({ ...views, augment: isAugmented ? views.augment : false, cacheFeatures: undefined });
}

/** @throws one sentence if the folder has unfinished training of one method and now there are several, or vice versa */
async function checkUnfinished(out: string, methods: readonly Method[] | undefined): Promise<void> {
  const working = joinPath(out, classifierFiles.working);
  if (methods && methods.length > 1) {
    if (!(await pathExists(joinPath(working, checkpointFiles.run)))) return;
    const { method } = await savedRun(working);
    throw new Error(`${out} has unfinished training of ${method} alone; finish that first, or give another folder.`);
  }
  if (await pathExists(joinPath(working, triedFile)))
    throw new Error(`${out} has an unfinished comparison of methods; finish that first, or give another folder.`);
}
