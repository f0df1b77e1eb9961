import { expect, test } from 'vitest';
import { comparable } from './distinguish.js';
import { sampleRecord } from './sample-record.js';

const methods = (records: { config: { method: string } }[]) => records.map(({ config }) => config.method);

test('other shots, suites and models stand in tables of their own', () => {
  const tables = comparable([
    sampleRecord({ shots: 16 }, 1, 1),
    sampleRecord({ shots: 4 }, 1, 1),
    sampleRecord({ shots: 16, seed: 3 }, 1, 1),
    sampleRecord({ shots: 16, model: 'other' }, 1, 1),
  ]);
  expect(tables.map(({ title, records }) => [title, records.length])).toEqual([
    ['pictograms, base-to-new, 16 shots, seeds 1, 3', 2],
    ['pictograms, base-to-new, 4 shots, seed 1', 1],
    ['pictograms, base-to-new, 16 shots, seed 1', 1],
  ]);
});

test('a method that was run in two ways is two methods, named by what differs', () => {
  const [table] = comparable([
    sampleRecord({ method: 'coop', recipe: { epochs: 50, lr: 0.002 } }, 1, 1),
    sampleRecord({ method: 'coop', recipe: { epochs: 2, lr: 0.002 } }, 1, 1),
    sampleRecord({ method: 'clip' }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['coop (epochs 50)', 'coop (epochs 2)', 'clip']);
});

test('settings that differ only between tasks are one method', () => {
  const [table] = comparable([
    sampleRecord({ task: 'a', method: 'prograd', options: { lambda: 1 } }, 1, 1),
    sampleRecord({ task: 'b', method: 'prograd', options: { lambda: 0.8 } }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['prograd', 'prograd']);
});
