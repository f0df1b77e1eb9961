/** Dassl's constant warm-up, as in every published prompt learner: one epoch at 1e-5. */
const published = { epochs: 1, lr: 1e-5 };

/**
 * The learning rate of an epoch: a constant warm-up, then cosine annealing. It changes per epoch, not per step. The
 * cosine's period includes the warm-up, so that the rate of the last epoch is above zero (as in Dassl).
 *
 * @param epoch from 1 to `epochs`
 * @param schedule.lr the rate at the start of the cosine
 * @param schedule.epochs length of the whole run
 * @param warmup its length in epochs and its rate; default: one epoch at 1e-5
 *
 * @example
 * ```ts
 * import { learningRate } from '@dgprompt/engine';
 *
 * for (const epoch of [1, 2, 4]) console.log(learningRate(epoch, { lr: 0.002, epochs: 5 }));
 * // 0.00001
 * // 0.002
 * // 0.0013090169943749475
 * ```
 */
export function learningRate(
  epoch: number,
  { lr, epochs }: { lr: number; epochs: number },
  warmup: { epochs: number; lr: number } = published,
): number {
  if (epoch <= warmup.epochs) return warmup.lr;
  return (lr / 2) * (1 + Math.cos((Math.PI * (epoch - warmup.epochs - 1)) / epochs));
}
