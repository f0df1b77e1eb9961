import type { Item } from '@dgprompt/datasets';
import { batches } from '@dgprompt/datasets';
import type { Method, Recipe } from '../learner/types.js';
import { warnOnce } from '../method/warn.js';

/** Warns on stderr, once per sentence, about what a recipe had to assume about the data. */
export function warnOfAssumption({ assumed }: Pick<Method, 'assumed'>): void {
  if (assumed !== undefined) warnOnce(assumed);
}

/** Leaving out a smaller share of images per epoch is as published and needs no warning. */
const small = 0.05;
/** Beyond this many shuffled indices, unseen images are not counted. */
const most = 2e6;

/**
 * Warns once how many images the dropped last batch of each epoch leaves out, if they are many or some are never seen.
 * @param seedOf the seed of an epoch's order
 */
export function warnOfShortBatch(
  name: string,
  items: readonly Item[],
  { batch, epochs, keepLast = false }: Pick<Recipe, 'batch' | 'epochs' | 'keepLast'>,
  seedOf: (epoch: number) => number,
): void {
  const count = items.length;
  const short = count > batch && !keepLast ? count % batch : 0;
  if (short === 0) return;
  const unseen = count * epochs > most ? 0 : neverSeen(count, batch, epochs, seedOf);
  if (unseen === 0 && short < small * count) return;
  warnOnce(
    `${name}: batches of ${batch} leave out ${short} of ${count} training images in every epoch${
      unseen > 0 ? `, and ${unseen} of them in all ${epochs}` : ''
    }; keepLast=true, or a batch size that divides ${count}, uses all.`,
  );
}

function neverSeen(count: number, batch: number, epochs: number, seedOf: (epoch: number) => number): number {
  const unseen = new Set(Array.from({ length: count }, (_, i) => i));
  for (let epoch = 1; epoch <= epochs && unseen.size > 0; epoch++)
    for (const i of batches(count, batch, { seed: seedOf(epoch) }).flat()) unseen.delete(i);
  return unseen.size;
}
