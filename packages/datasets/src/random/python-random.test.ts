import { expect, test } from 'vitest';
import { pythonRandom } from './python-random.js';

// Expected numbers: CPython 3.11, random.seed(seed) and then these calls.
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

test.each([
  [0, [3626764237, 1654615998, 3255389356], 28],
  [1, [577090037, 2444712010, 3639700191], 25],
  [-7, [1390851128, 4071050724, 647892279], 12],
  [2 ** 32 + 5, [675479763, 2085189291, 1213270837], 28],
  [2 ** 53 - 1, [404802386, 2407860725, 957238923], 24],
])('seed %i gives the bits that CPython gives', (seed, words, five) => {
  const random = pythonRandom(seed);
  expect([random.bits(32), random.bits(32), random.bits(32)]).toEqual(words);
  expect(random.bits(5)).toBe(five);
});

test('numbers in [0, 1) are those of CPython', () => {
  const random = pythonRandom(1);
  expect([random.next(), random.next(), random.next()]).toEqual([
    0.13436424411240122, 0.8474337369372327, 0.763774618976614,
  ]);
});

test('samples small populations from a pool, as CPython does', () => {
  const random = pythonRandom(3);
  expect(random.sample(range(20), 5)).toEqual([7, 18, 17, 4, 11]);
  expect(random.sample(range(85), 16)).toEqual([77, 60, 80, 74, 8, 84, 1, 83, 33, 70, 29, 24, 79, 69, 75, 72]);
});

test('samples large populations with a set, as CPython does', () => {
  const random = pythonRandom(3);
  expect(random.sample(range(22), 5)).toEqual([7, 18, 17, 4, 11]);
  expect(random.sample(range(86), 16)).toEqual([77, 60, 80, 74, 8, 1, 33, 70, 29, 24, 69, 50, 81, 19, 66, 49]);
});

test('the border between the two algorithms moves with k', () => {
  const random = pythonRandom(3);
  expect(random.sample(range(22), 1)).toEqual([7]);
  expect(random.sample(range(85), 6)).toEqual([75, 69, 16, 47, 77, 60]);
  expect(random.sample(range(86), 6)).toEqual([80, 74, 8, 77, 1, 60]);
});

test('shuffles as CPython does and leaves the given array unchanged', () => {
  const items = range(12);
  expect(pythonRandom(11).shuffle(items)).toEqual([2, 5, 0, 6, 10, 4, 1, 3, 9, 11, 8, 7]);
  expect(items).toEqual(range(12));
});

test('throws for seeds that are not integers and samples larger than the population', () => {
  expect(() => pythonRandom(0.5)).toThrow('The seed must be an integer, not 0.5.');
  expect(() => pythonRandom(1).sample([1, 2], 3)).toThrow('Cannot sample 3 of 2 items.');
});
