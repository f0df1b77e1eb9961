import type { Dataset, Item } from './dataset.js';

/** A half of the classes: the first ceil(n/2), the rest, or all. */
export type Subset = 'base' | 'new' | 'all';

/**
 * The base or new half of a dataset's classes, with labels renumbered from 0 (the base-to-new protocol of CoCoOp, CVPR
 * 2022).
 *
 * @param dataset labels 0 to n − 1
 * @param subset `base`: the first ceil(n/2) labels; `new`: the rest; `all`: the unchanged dataset
 * @throws RangeError for another word, or for the `new` classes of a dataset with a single class
 *
 * @example
 * ```ts
 * import { classSubset } from '@dgprompt/datasets';
 * import { loadTask } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const base = classSubset(weather, 'base').classNames.length;
 * console.log(base === Math.ceil(weather.classNames.length / 2)); // true
 * ```
 */
export function classSubset(dataset: Dataset, subset: Subset): Dataset {
  if (!['base', 'new', 'all'].includes(subset))
    throw new RangeError(`The classes of ${dataset.name} are "base", "new" or "all", not "${subset}".`);
  if (subset === 'all') return dataset;
  const count = dataset.classNames.length;
  const middle = Math.ceil(count / 2);
  const [start, end] = subset === 'base' ? [0, middle] : [middle, count];
  if (start >= end) throw new RangeError(`${dataset.name} has ${count} class, so there are no ${subset} classes.`);
  const keep = (items: Item[]) =>
    items.filter(({ label }) => label >= start && label < end).map(item => ({ ...item, label: item.label - start }));
  return {
    ...dataset,
    subset,
    classNames: dataset.classNames.slice(start, end),
    train: keep(dataset.train),
    val: keep(dataset.val),
    test: keep(dataset.test),
  };
}
