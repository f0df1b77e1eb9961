import type { Score } from './score.js';

/**
 * Warns if hand-written prompts are no better than guessing: names, labels or template are wrong, or the CLIP has never
 * seen such images.
 *
 * @param name of the images, for the message
 * @param classes number of classes to choose from
 * @returns one sentence; undefined if they are better, or there are too few images to judge
 *
 * @example
 * ```ts
 * import { chanceWarning } from '@dgprompt/methods/evaluation';
 *
 * console.log(chanceWarning('pets', { top1: 10, total: 40 }, 4));
 * // pets: hand-written prompts are right for 10.0 % of 40 images, no better than guessing among 4 classes (25.0 %): …
 * ```
 */
export function chanceWarning(
  name: string,
  { top1, total }: Pick<Score, 'top1' | 'total'>,
  classes: number,
): string | undefined {
  const chance = 100 / classes;
  if (total < classes || top1 > chance) return undefined;
  return (
    `${name}: hand-written prompts are right for ${top1.toFixed(1)} % of ${total} images, no better than guessing among ${classes} classes ` +
    `(${chance.toFixed(1)} %): check that class names and labels belong together, and that this CLIP knows such images.`
  );
}
