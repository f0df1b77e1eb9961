import { expect, test } from 'vitest';
import { arrayParts, arrayRanges } from './array-parts.js';

test('neighbouring tasks are written as a range', () => {
  expect(arrayRanges([0, 1, 2, 3, 5, 7, 8])).toBe('0-3,5,7-8');
  expect(arrayRanges([4])).toBe('4');
});

test('runs beyond the largest array are tasks of further arrays, numbered from zero again', () => {
  expect(arrayParts([2500, 0, 999, 1000, 1], 1000)).toEqual([
    { first: 0, tasks: [0, 1, 999] },
    { first: 1000, tasks: [0] },
    { first: 2000, tasks: [500] },
  ]);
});

test('no runs are no array', () => {
  expect(arrayParts([], 1001)).toEqual([]);
});
