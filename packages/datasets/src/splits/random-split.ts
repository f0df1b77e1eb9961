import type { Dataset, Item } from '../dataset.js';
import { type PythonRandom, pythonRandom } from '../random/python-random.js';

/** The splits of a dataset. */
export type Splits = Pick<Dataset, 'train' | 'val' | 'test'>;

/**
 * CoOp's split of datasets without one of their own (`read_and_split_data` of its DTD): each class is shuffled, half is for training,
 * a fifth for validation, the rest for testing, counts rounded as Python rounds.
 *
 * The numbers of images equal those of the published splits. Which image goes where does not: the published code shuffled in the
 * order in which a folder happened to be listed. Here names are sorted, so that the result is the same on every machine.
 *
 * @param classes each class's items, classes in the order in which they are shuffled
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
 * CoOp's way to take a fifth of each class's training images for validation (`split_trainval` of its OxfordPets), where a dataset
 * has a training and a test list only. Classes in the order in which they first appear.
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
  const [train, val]: [Item[], Item[]] = [[], []];
  for (const all of classes.values()) {
    const count = pythonRound(all.length * 0.2);
    if (count < 1) {
      throw new RangeError(`Class "${all[0]?.classname}" has ${all.length} training image(s), too few to validate.`);
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
