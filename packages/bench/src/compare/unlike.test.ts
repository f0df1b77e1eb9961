import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { compareFolders, compareMethods, compareWithAll } from './compare.js';

const [coop, maple] = ['coop', 'maple'].map(method => ({ method }));

test('a comparison names the settings that differ between paired runs, with both values', () => {
  const descriptions = 'a'.repeat(64);
  const records = [
    ...['a', 'b'].map(task => sampleRecord({ ...coop, task }, 1, 1)),
    ...['a', 'b'].map(task => sampleRecord({ ...maple, task, pillow: undefined, descriptions }, 1, 1)),
  ];
  const unlike = [
    { setting: 'pillow', pairs: 2, a: ['13'], b: ['12'] },
    { setting: 'descriptions', pairs: 2, a: ['none'], b: ['aaaaaaaaaaaa'] },
  ];
  expect(compareMethods(records, 'coop', 'maple')[0]!.unlike).toEqual(unlike);
  expect(compareWithAll(records, 'coop')[0]!.comparisons[0]!.unlike).toEqual(unlike);
});

test('a comparison of folders and of precisions does so, too', () => {
  const [a, b] = [13, undefined].map(pillow => [sampleRecord({ ...coop, pillow: pillow as 13 | undefined }, 1, 1)]);
  const [folders] = compareFolders({ name: 'a', records: a! }, { name: 'b', records: b! });
  expect(folders!.unlike).toEqual([{ setting: 'pillow', pairs: 1, a: ['13'], b: ['12'] }]);
  const records = [sampleRecord(coop!, 1, 1), sampleRecord({ ...coop, precision: 'int8' }, 1, 1)];
  expect(compareMethods(records, 'coop', 'coop, int8')[0]!.unlike).toEqual([
    { setting: 'precision', pairs: 1, a: ['fp32'], b: ['int8'] },
  ]);
});

test('runs that are alike have no such settings', () => {
  const records = [coop, maple].map(method => sampleRecord(method!, 1, 1));
  expect(compareMethods(records, 'coop', 'maple')[0]).not.toHaveProperty('unlike');
});
