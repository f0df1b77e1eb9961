import type { Dataset, Item } from '../dataset.js';
import { type PythonRandom, pythonRandom } from '../random/python-random.js';

/** The splits of a dataset. */
export type Splits = Pick<Dataset, 'train' | 'val' | 'test'>;

/**
 * CoOp's split of datasets without a published one (`read_and_split_data` of its DTD): each class is shuffled; half is
 * for training, a fifth for validation and the rest for testing, with counts rounded as in Python.
 *
 * The numbers of images equal those of the published splits, but not the images: the published code shuffled in the
 * order in which the file system listed a folder. Here names are sorted, so that the result is the same on every
 * machine.
 *
 * @param classes the items of each class, in the order in which they are shuffled
 * @throws RangeError naming a class that is too small
 */
export function splitClasses(classes: readonly Item[][], seed = 1): Splits {
  const random = pythonRandom(seed);
  const splits: Splits = { train: [], val: [], test: [] };
  for (const items of classes) {
    const shuffled = random.shuffle(items);
    const train = pythonRound(items.length * 0.5);
    const val = pythonRound(items.length * 0.2);
    if (train < 1 || val < 1 || items.length - train - val < 1) {
      throw new RangeError(`Class "${items[0]?.classname}" has ${items.length} image(s), too few for three splits.`);
    }
    for (const [i, item] of shuffled.entries()) {
      splits[i < train ? 'train' : i < train + val ? 'val' : 'test'].push(item);
    }
  }
  return splits;
}

/**
 * Takes a fifth of each class's training images for validation as in CoOp (`split_trainval` of its OxfordPets), for
 * datasets with only a training and a test list. Classes are in the order of first appearance.
 *
 * @throws RangeError naming a class that is too small
 */
export function splitTrainVal(items: readonly Item[], seed = 1): Pick<Splits, 'train' | 'val'> {
  const random: PythonRandom = pythonRandom(seed);
  const classes = new Map<number, Item[]>();
  for (const item of items) {
    const all = classes.get(item.label);
    if (all) all.push(item);
    else classes.set(item.label, [item]);
  }
  const train: Item[] = [];
  const val: Item[] = [];
  for (const all of classes.values()) {
    const count = pythonRound(all.length * 0.2);
    if (count < 1) {
      throw new RangeError(`Class "${all[0]?.classname}" has ${all.length} training image(s), too few for validation.`);
    }
    const shuffled = random.shuffle(all);
    for (const [i, item] of shuffled.entries()) (i < count ? val : train).push(item);
  }
  return { train, val };
}

/** Python's `round`: halves go to the even neighbour. */
function pythonRound(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
