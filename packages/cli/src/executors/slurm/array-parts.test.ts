import { expect, test } from 'vitest';
import { arrayParts, arrayRanges } from './array-parts.js';

test('consecutive tasks become a range', () => {
  expect(arrayRanges([0, 1, 2, 3, 5, 7, 8])).toBe('0-3,5,7-8');
  expect(arrayRanges([4])).toBe('4');
});

test('runs beyond the array size limit go to further arrays, numbered from zero', () => {
  expect(arrayParts([2500, 0, 999, 1000, 1], 1000)).toEqual([
    { first: 0, tasks: [0, 1, 999] },
    { first: 1000, tasks: [0] },
    { first: 2000, tasks: [500] },
  ]);
});

test('no runs give no array', () => {
  expect(arrayParts([], 1001)).toEqual([]);
});
