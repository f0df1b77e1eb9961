import { pythonRandom } from './random/python-random.js';

/**
 * Indices of the batches of an epoch.
 *
 * With a seed, like the training loader of most published code: shuffled, and a short last batch is dropped if there is
 * at least one full batch. Without, like the test loader: in order, every index once.
 *
 * @param count number of items
 * @param size items per batch, an integer ≥ 1
 * @param options.seed shuffles; use another one for every epoch
 * @param options.keepLast keeps a short last batch. Default: false with a seed, true without
 * @returns the indices of each batch, 0 ≤ index < count
 * @throws RangeError if size is out of range
 *
 * @example
 * ```ts
 * import { batches } from '@dgprompt/datasets';
 *
 * console.log(batches(5, 2)); // [ [ 0, 1 ], [ 2, 3 ], [ 4 ] ]
 * console.log(batches(5, 2, { seed: 1 }).length); // 2
 * console.log(batches(5, 2, { seed: 1, keepLast: true }).length); // 3
 * ```
 */
export function batches(
  count: number,
  size: number,
  { seed, keepLast = seed === undefined }: { seed?: number; keepLast?: boolean } = {},
): number[][] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A batch must have at least 1 item, not ${size}.`);
  const inOrder = Array.from({ length: count }, (_, i) => i);
  const order = seed === undefined ? inOrder : pythonRandom(seed).shuffle(inOrder);
  const all = Array.from({ length: Math.ceil(count / size) }, (_, i) => order.slice(i * size, (i + 1) * size));
  const lastIsShort = count % size > 0;
  return lastIsShort && !keepLast && all.length > 1 ? all.slice(0, -1) : all;
}
