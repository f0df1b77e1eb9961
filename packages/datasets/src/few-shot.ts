import type { Dataset, Item } from './dataset.js';
import { pythonRandom } from './random/python-random.js';

/** Maximum validation images per class in CoOp's few-shot sampling. */
const validationShots = 4;

/**
 * The few-shot set of the published code, bit for bit (Zhou et al., CoOp, IJCV 2022; Dassl's
 * `generate_fewshot_dataset`).
 *
 * CPython's generator is seeded once. For each class, in order of first appearance, `random.sample` draws k training
 * images (or all if the class has fewer), and then min(k, 4) validation images for each class. The protocol samples
 * before `classSubset`. If `val` is the test set (ImageNet), it is not sampled.
 *
 * @param dataset all classes; `train` and `val` are sampled, `test` is not
 * @param k shots: training images per class, an integer ≥ 1
 * @param seed an integer; the papers use 1, 2 and 3
 * @returns `dataset` with the sampled `train` and `val`, and with k and the seed in `drawn`
 * @throws RangeError if k or seed is out of range, or no class has k training images
 *
 * @example
 * ```ts
 * import { fewShot } from '@dgprompt/datasets';
 * import { loadTask } from '@dgprompt/pictograms';
 *
 * const shots = fewShot(await loadTask('weather'), 2, 1);
 * console.log(shots.train.length === 2 * shots.classNames.length); // true
 * ```
 */
export function fewShot(dataset: Dataset, k: number, seed: number): Dataset {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`Shots must be an integer of at least 1, not ${k}.`);
  const largest = Math.max(0, ...byClass(dataset.train).map(items => items.length));
  if (largest < k) {
    throw new RangeError(
      largest === 0
        ? `${dataset.name} has no training images to draw ${k} shots from.`
        : `${dataset.name} has at most ${largest} training images per class, so ${k} shots cannot be drawn; choose ${largest} or fewer.`,
    );
  }
  const random = pythonRandom(seed);
  const draw = (items: Item[], shots: number) =>
    byClass(items).flatMap(all => (all.length < shots ? all : random.sample(all, shots)));
  const train = draw(dataset.train, k);
  const val = dataset.valIsTest ? dataset.val : draw(dataset.val, Math.min(k, validationShots));
  return { ...dataset, train, val, drawn: { shots: k, seed } };
}

function byClass(items: Item[]): Item[][] {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group) group.push(item);
    else groups.set(item.label, [item]);
  }
  return [...groups.values()];
}
