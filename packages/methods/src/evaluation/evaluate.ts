import type { Dataset, Item } from '@dgprompt/datasets';
import { leaves } from '@dgprompt/engine';
import { checkViews, type Views } from '@dgprompt/images';
import type { OnProgress } from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import type { Transform } from '../transforms/transform.js';
import { adaptedToSet } from './adapt-set.js';
import { chanceWarning } from './chance.js';
import { classify, standardBatch } from './classify.js';
import { largest } from './probabilities.js';
import { type Score, score } from './score.js';
import { sharedRows, testSet } from './test-set.js';

export interface EvaluateOptions {
  /**
   * Images per batch. Default: as many as a CPU's caches hold activations for, at most 32; 32 on other devices; fewer
   * for per-image text.
   */
  batch?: number;
  /**
   * Views per image, averaged for the prediction: 1, 5 (unchanged, mirrored, zoomed, shrunk, shrunk and mirrored) or 9
   * (plus four corners). Image features are averaged and normalised again, unless the method pools them differently; if
   * each view has its own text features, logits are averaged. Default: 1
   */
  views?: Views;
  /**
   * Source of the pixels, instead of image files. Methods without visual prompts share the frozen features of images
   * seen through the same fixed transform. Features of hand-written prompts are kept in the transform's store.
   */
  transform?: Transform;
  signal?: AbortSignal;
  /** Phases: `text`, hand-written prompts whose features are computed; `images`. */
  onProgress?: OnProgress;
}

export interface Evaluation extends Score {
  /** The most likely class of each item, in the items' order. */
  predicted: Int32Array;
  /** One sentence if the number is doubtful: hand-written prompts are no better than guessing. */
  warning?: string;
  seconds: number;
}

/**
 * Accuracy of a method on labelled images, among its own classes or those of the given dataset. Test images are not
 * augmented: short side resized, centre crop. Text features are computed once, unless they are per image.
 *
 * @param on a dataset, for its test images and classes; or images of the method's classes. Default: the method's own
 *   dataset
 * @throws one sentence for items that do not fit the classes, or for several views with a method that adapts to each
 *   image; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { evaluate, zeroshot } from '@dgprompt/methods';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = zeroshot(await loadClip(miniClip), weather);
 * const { top1, total } = await evaluate(method, weather.test.slice(0, 8));
 * console.log(total, top1 > 10); // 8 true
 * ```
 */
export async function evaluate(
  method: Method,
  on: Dataset | readonly Item[] | undefined = method.dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { tested, items } = testSet(method, on);
  return evaluateItems(tested, items, options);
}

async function evaluateItems(method: Method, items: readonly Item[], options: EvaluateOptions): Promise<Evaluation> {
  const started = performance.now();
  const { signal, transform, views = 1 } = options;
  checkViews(views);
  const batch = Math.min(options.batch ?? standardBatch(method, views), items.length);
  const paths = items.map(({ path }) => path);
  const rows = await sharedRows(method, paths, { transform, views, signal });
  const judged: { label: number; predicted: number }[] = [];
  const adapted = method.learner.adaptSet && (await adaptedToSet(method, paths, { transform, signal }));
  try {
    for await (const one of classify(adapted?.method ?? method, paths, { ...options, batch, rows })) {
      if (one.error) throw one.error;
      judged.push({ label: items[judged.length]!.label, predicted: largest(one.logits) });
    }
  } finally {
    adapted?.restore();
  }
  const predicted = Int32Array.from(judged, one => one.predicted);
  const found = score(method.classNames, judged);
  const { variables, fit } = method.learner;
  const isHandWritten = leaves(variables).length === 0 && !fit;
  const warning = isHandWritten
    ? chanceWarning(method.task.dataset || method.name, found, method.classNames.length)
    : undefined;
  return { ...found, predicted, ...(warning && { warning }), seconds: (performance.now() - started) / 1000 };
}
