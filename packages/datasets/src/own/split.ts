import { randomStream } from '@dgprompt/io';
import type { Item } from '../dataset.js';
import { dirname } from '../runtime/paths.js';
import type { Splits } from '../splits/random-split.js';

/**
 * Splits each class by seed, with at least one image for train and test: unlike the published rule (`splitClasses`), it
 * accepts small classes.
 *
 * @param places where each class is, for errors
 * @throws a sentence naming a class with fewer than two images; RangeError for fractions out of range
 */
export function splitBySeed(
  classes: Item[][],
  places: string[],
  options: { seed?: number; fractions?: { train: number; val: number }; testOnly?: boolean },
): Splits {
  if (options.testOnly) return { train: [], val: [], test: classes.flat() };
  const { train: trainShare, val: valShare } = options.fractions ?? { train: 0.5, val: 0.2 };
  if (!(trainShare > 0 && valShare >= 0 && trainShare + valShare < 1)) {
    throw new RangeError('fractions: train must be above 0, val at least 0, and both together below 1.');
  }
  if (classes.every(items => items.length === 1)) {
    throw new Error(`${dirname(places[0]!)} has one image per class; add more, so that some are left for testing.`);
  }
  const random = randomStream(options.seed ?? 1).fork('split');
  const parts: Splits = { train: [], val: [], test: [] };
  for (const [label, all] of classes.entries()) {
    if (all.length < 2) {
      throw new Error(`${places[label]} has ${all.length} image(s); a class needs two, to train and to test.`);
    }
    const items = random.shuffle(all);
    const trainCount = Math.min(Math.max(1, Math.round(items.length * trainShare)), items.length - 1);
    const valCount = Math.min(Math.round(items.length * valShare), items.length - trainCount - 1);
    for (const [i, item] of items.entries()) {
      const split = i < trainCount ? 'train' : i < trainCount + valCount ? 'val' : 'test';
      parts[split].push(item);
    }
  }
  return parts;
}
