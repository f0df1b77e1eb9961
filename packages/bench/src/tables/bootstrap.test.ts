import { expect, test } from 'vitest';
import { bootstrapInterval } from './bootstrap.js';

test('the interval of a sample of ten extends about two standard errors to each side', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]; // mean 5.5; standard error of resamples √8.25 / √10 = 0.908
  const { low, high } = bootstrapInterval(values.map(value => [value]))!;
  expect(low).toBeCloseTo(5.5 - 1.96 * 0.908, 0);
  expect(high).toBeCloseTo(5.5 + 1.96 * 0.908, 0);
});

test('the same differences give the same interval, another seed a different one', () => {
  const groups = [[1, 2.5, -1], [0.3], [4, 2]];
  expect(bootstrapInterval(groups)).toEqual(bootstrapInterval(groups));
  const few = (seed: number) => bootstrapInterval(groups, { resamples: 50, seed });
  expect(few(2)).not.toEqual(few(1));
});

test('differences are resampled by group: groups far apart make it wide, however many members they have', () => {
  const inTwo = bootstrapInterval([Array(50).fill(0), Array(50).fill(10)])!;
  expect([inTwo.low, inTwo.high]).toEqual([0, 10]);
  const inOne = bootstrapInterval([[...Array(50).fill(0), ...Array(50).fill(10)]])!;
  expect(inOne.high - inOne.low).toBeLessThan(5);
});

test('every group has the same weight', () => {
  const { low, high } = bootstrapInterval([Array(99).fill(0), [10]], { resamples: 2000 })!;
  expect((low + high) / 2).toBe(5);
});

test('fewer than two differences have no interval', () => {
  expect(bootstrapInterval([])).toBeUndefined();
  expect(bootstrapInterval([[3], []])).toBeUndefined();
});
