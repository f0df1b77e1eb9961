import { expect, test } from 'vitest';
import { sampleRecord } from './sample-record.js';
import { harmonicMean, makeTable } from './table.js';

test('the harmonic mean of the published CLIP averages is the published one', () => {
  expect(harmonicMean(69.34, 74.22).toFixed(2)).toBe('71.70');
  expect(harmonicMean(82.28, 75.14).toFixed(2)).toBe('78.55');
  expect(harmonicMean(0, 0)).toBe(0);
});

test('the overall H is that of the averages, not the average of the H', () => {
  const table = makeTable([sampleRecord({ task: 'a' }, 90, 30), sampleRecord({ task: 'b' }, 50, 70)]);
  expect(table.overall.clip).toEqual({ base: 70, new: 50, H: harmonicMean(70, 50) });
  expect(table.tasks[0]?.cells.clip?.H).toBe(45);
});

test('seeds are averaged, with their sample deviation', () => {
  const table = makeTable([
    sampleRecord({ seed: 1 }, 40, 50),
    sampleRecord({ seed: 2 }, 42, 50),
    sampleRecord({ seed: 3 }, 44, 50),
  ]);
  const cell = table.tasks[0]?.cells.clip;
  expect(cell).toMatchObject({ base: 42, new: 50, H: harmonicMean(42, 50), deviation: { base: 2, new: 0 } });
  expect(table.seeds).toEqual([1, 2, 3]);
  expect(table.overall.clip).toEqual(cell);
});

test('the overall deviation is that of the averages of each seed', () => {
  const table = makeTable([
    sampleRecord({ task: 'a', seed: 1 }, 40, 50),
    sampleRecord({ task: 'a', seed: 2 }, 50, 50),
    sampleRecord({ task: 'b', seed: 1 }, 50, 50),
    sampleRecord({ task: 'b', seed: 2 }, 40, 50),
  ]);
  expect(table.overall.clip).toMatchObject({ base: 45, deviation: { base: 0, new: 0, H: 0 } });
});

test('only tasks that every method has with every seed count for the averages', () => {
  const table = makeTable([
    sampleRecord({ task: 'a' }, 40, 40),
    sampleRecord({ task: 'a', method: 'coop' }, 60, 60),
    sampleRecord({ task: 'b' }, 90, 90),
  ]);
  expect(table.overallTasks).toEqual(['a']);
  expect(table.overall.clip?.H).toBe(40);
  expect(table.tasks[1]?.cells.coop).toBeUndefined();
});

test('without a complete task there are no averages', () => {
  const table = makeTable([sampleRecord({ task: 'a' }, 40, 40), sampleRecord({ task: 'b', method: 'coop' }, 60, 60)]);
  expect(table.overall).toEqual({});
  expect(makeTable([])).toEqual({ methods: [], seeds: [], tasks: [], overall: {}, overallTasks: [] });
});
