import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { compareFolders, compareMethods } from './compare.js';

const run = (method: string, tests: Record<string, number>) =>
  sampleRecord({ protocol: 'cross-dataset', task: 'a', method }, tests);

test('transfers to as many but other targets are compared target set by target set', () => {
  const records = [
    run('clip', { a: 50, b: 60, c: 20 }),
    run('coop', { a: 50, b: 60, d: 90 }),
    run('coop', { a: 50, b: 64, c: 24 }),
  ];
  const [only, ...others] = compareMethods(records, 'clip', 'coop');
  expect(others).toEqual([]);
  expect(only!.differences.average).toMatchObject({ a: 40, b: 44, pairs: 1 });

  const before = [run('clip', { a: 50, b: 60, c: 20 }), run('clip', { a: 50, b: 60, d: 90 })];
  const after = [run('clip', { a: 50, b: 62, d: 90 }), run('clip', { a: 50, b: 60, c: 30 })];
  const folders = compareFolders({ name: 'before', records: before }, { name: 'after', records: after });
  expect(folders.map(({ differences }) => differences.average!.mean)).toEqual([5, 1]);
});
