import type { Dataset, Item } from './dataset.js';

/** Which half of the classes: the first ceil(n/2), the rest, or all. */
export type Subset = 'base' | 'new' | 'all';

/**
 * The base or new half of a dataset's classes, labels renumbered from 0 (CoCoOp's base-to-new protocol).
 *
 * @param dataset labels 0 to n − 1
 * @param subset `base`: the first ceil(n/2) labels; `new`: the rest; `all`: the dataset as it is
 * @throws RangeError if `new` is asked of a dataset with a single class
 */
export function classSubset(dataset: Dataset, subset: Subset): Dataset {
  if (subset === 'all') return dataset;
  const count = dataset.classNames.length;
  const middle = Math.ceil(count / 2);
  const [start, end] = subset === 'base' ? [0, middle] : [middle, count];
  if (start >= end) throw new RangeError(`${dataset.name} has ${count} class, so there are no ${subset} classes.`);
  const keep = (items: Item[]) =>
    items.filter(({ label }) => label >= start && label < end).map(item => ({ ...item, label: item.label - start }));
  return {
    ...dataset,
    classNames: dataset.classNames.slice(start, end),
    train: keep(dataset.train),
    val: keep(dataset.val),
    test: keep(dataset.test),
  };
}
