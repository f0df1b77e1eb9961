/** What every published method here is trained with: Dassl's constant warm-up, one epoch at 1e-5. */
const published = { epochs: 1, lr: 1e-5 };

/**
 * The learning rate of an epoch: a constant warm-up epoch, then cosine annealing. It changes with the epoch, not with the
 * step, and the cosine's period counts the warm-up in, so that the last epoch is still above zero (as Dassl has it).
 *
 * @param epoch from 1 to `epochs`
 * @param schedule.lr the rate that the cosine starts from
 * @param schedule.epochs length of the whole run
 * @param warmup how many epochs it takes, and its rate; default: one at 1e-5
 */
export function learningRate(
  epoch: number,
  { lr, epochs }: { lr: number; epochs: number },
  warmup: { epochs: number; lr: number } = published,
): number {
  if (epoch <= warmup.epochs) return warmup.lr;
  return (lr / 2) * (1 + Math.cos((Math.PI * (epoch - warmup.epochs - 1)) / epochs));
}
