import { expect, test } from 'vitest';
import { createDataset } from './dataset.js';
import { classSubset } from './subset.js';

const items = [4, 0, 2, 3, 1].map(label => ({ path: `/${label}.png`, label, classname: 'abcde'[label] as string }));
const dataset = createDataset({
  name: 'letters',
  classNames: [...'abcde'],
  templates: ['{}'],
  train: items,
  val: items,
  test: items,
});

test('base is the first ceil(n/2) classes, in every split', () => {
  const base = classSubset(dataset, 'base');
  expect(base.classNames).toEqual(['a', 'b', 'c']);
  expect([base.subset, dataset.subset]).toEqual(['base', undefined]);
  for (const split of [base.train, base.val, base.test]) expect(split.map(({ label }) => label)).toEqual([0, 2, 1]);
});

test('new is the rest, renumbered from 0', () => {
  const rest = classSubset(dataset, 'new');
  expect(rest.classNames).toEqual(['d', 'e']);
  expect(rest.test.map(({ label, classname }) => [label, classname])).toEqual([
    [1, 'e'],
    [0, 'd'],
  ]);
});

test('all is everything, and the given dataset stays unchanged', () => {
  expect(classSubset(dataset, 'all')).toEqual(dataset);
  classSubset(dataset, 'new');
  expect(dataset.test[0]?.label).toBe(4);
});

test('a single class has no new half', () => {
  expect(() => classSubset({ ...dataset, classNames: ['a'] }, 'new')).toThrow('no new classes');
});

test('another word throws, instead of giving the new half', () => {
  expect(() => classSubset(dataset, 'Base' as never)).toThrow(
    'The classes of letters are "base", "new" or "all", not "Base".',
  );
});
