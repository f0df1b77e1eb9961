import { pythonRandom } from './random/python-random.js';

/**
 * Indices of one epoch's batches.
 *
 * With a seed, as the published training loader does it: shuffled, and a short last batch is dropped if there is at least
 * one full batch. Without, as the test loader does: in order, every index once.
 *
 * @param count number of items
 * @param size items a batch, an integer ≥ 1
 * @param options.seed shuffles; give every epoch its own
 * @returns each batch's indices, 0 ≤ index < count
 * @throws RangeError if size is out of range
 */
export function batches(count: number, size: number, options: { seed?: number } = {}): number[][] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A batch holds at least 1 item, not ${size}.`);
  const inOrder = Array.from({ length: count }, (_, i) => i);
  const order = options.seed === undefined ? inOrder : pythonRandom(options.seed).shuffle(inOrder);
  const all = Array.from({ length: Math.ceil(count / size) }, (_, i) => order.slice(i * size, (i + 1) * size));
  const lastIsShort = count % size > 0;
  return options.seed !== undefined && lastIsShort && all.length > 1 ? all.slice(0, -1) : all;
}
