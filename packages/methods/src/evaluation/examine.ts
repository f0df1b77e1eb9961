import type { Item } from '@dgprompt/datasets';
import type { Views } from '@dgprompt/images';
import type { OnProgress } from '@dgprompt/io';
import type { FrozenRows } from '../features/image.js';
import { checkItems } from '../learner/items.js';
import type { Method } from '../learner/types.js';
import type { Transform } from '../transforms/transform.js';
import { classify } from './classify.js';
import { largest, probabilities } from './probabilities.js';
import { type DetailedScore, detailedScore, type Judgement } from './score.js';

/** A classifier's predictions for many labelled images. */
export interface Examination extends DetailedScore {
  classNames: string[];
  judgements: Judgement[];
  /** Unreadable images, with the reason. */
  unread: { path: string; error: Error }[];
}

export interface ExamineOptions {
  transform?: Transform;
  /** See `EvaluateOptions`. Default: 1 */
  views?: Views;
  /**
   * Frozen features of all images, in the same order, for a method without visual prompts, which then needs no pixels.
   */
  rows?: FrozenRows;
  signal?: AbortSignal;
  /** Phases: `text`, `images`. */
  onProgress?: OnProgress;
}

/**
 * Classifies labelled images one by one: the counts of `evaluate`, plus the probabilities that a page of mistakes
 * needs. Unreadable images are left out and listed. Does not adapt to the images (`adaptSet`).
 *
 * @throws one sentence for items that do not fit the classes; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { examine } from '@dgprompt/methods/evaluation';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = zeroshot(await loadClip(miniClip), weather.classNames);
 * const { total, correct, mistakes } = await examine(method, weather.test.slice(0, 8));
 * console.log(total === correct + mistakes.length); // true
 * ```
 */
export async function examine(
  method: Method,
  items: readonly Item[],
  options: ExamineOptions = {},
): Promise<Examination> {
  checkItems(method, items);
  const classNames = [...method.classNames];
  const judgements: Judgement[] = [];
  const unread: Examination['unread'] = [];
  const paths = items.map(({ path }) => path);
  let i = 0;
  for await (const { image: path, ...one } of classify(method, paths, options)) {
    const { label } = items[i++]!;
    if (one.error) unread.push({ path, error: one.error });
    else {
      const scores = probabilities(one.logits);
      const predicted = largest(scores);
      judgements.push({ path, label, predicted, score: scores[predicted]!, ownScore: scores[label]! });
    }
  }
  return { classNames, judgements, unread, ...detailedScore(classNames, judgements) };
}
