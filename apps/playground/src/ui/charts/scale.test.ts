import { expect, it } from 'vitest';
import { range, ticks, tickText } from './scale.js';

it('ticks are round and within the range', () => {
  expect(ticks(0, 100)).toEqual([0, 25, 50, 75, 100]);
  expect(ticks(0.13, 1.9)).toEqual([0.5, 1, 1.5]);
  expect(ticks(2, 2)).toEqual([2]);
});

it('tick texts have the precision of the step', () => {
  expect([0.5, 1, 1.5].map((value, _, all) => tickText(value, all))).toEqual(['0.5', '1.0', '1.5']);
  expect([0, 25, 50].map((value, _, all) => tickText(value, all))).toEqual(['0', '25', '50']);
  expect([70, 72.5, 75].map((value, _, all) => tickText(value, all))).toEqual(['70.0', '72.5', '75.0']);
});

it('a range is never empty', () => {
  expect(range([])).toEqual([0, 1]);
  const [low, high] = range([3, 3]);
  expect(low).toBeLessThan(3);
  expect(high).toBeGreaterThan(3);
});
