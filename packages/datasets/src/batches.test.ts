import { expect, test } from 'vitest';
import { batches } from './batches.js';

test('without a seed: in order, the short last batch kept', () => {
  expect(batches(5, 2)).toEqual([[0, 1], [2, 3], [4]]);
  expect(batches(0, 2)).toEqual([]);
});

test('with a seed: shuffled, the same for the same seed', () => {
  const epoch = batches(12, 4, { seed: 11 });
  expect(epoch).toEqual([
    [2, 5, 0, 6],
    [10, 4, 1, 3],
    [9, 11, 8, 7],
  ]);
  expect(batches(12, 4, { seed: 11 })).toEqual(epoch);
  expect(batches(12, 4, { seed: 12 })).not.toEqual(epoch);
});

test('with a seed the short last batch is dropped, unless it is the only one', () => {
  expect(batches(11, 4, { seed: 1 }).map(batch => batch.length)).toEqual([4, 4]);
  expect(batches(3, 4, { seed: 1 }).map(batch => batch.length)).toEqual([3]);
  expect(batches(11, 4, { seed: 1, keepLast: true }).map(batch => batch.length)).toEqual([4, 4, 3]);
});

test('throws for an empty batch', () => {
  expect(() => batches(3, 0)).toThrow('A batch must have at least 1 item, not 0.');
});
