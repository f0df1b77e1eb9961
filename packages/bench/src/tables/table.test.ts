import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { harmonicMean, makeTable, type Table } from './table.js';

const overall = (table: Table, method: string, column: string) => table.overall?.cells[method]?.[column];

test('the harmonic mean of the published CLIP averages matches the published one', () => {
  expect(harmonicMean(69.34, 74.22).toFixed(2)).toBe('71.70');
  expect(harmonicMean(82.28, 75.14).toFixed(2)).toBe('78.55');
  expect(harmonicMean(0, 0)).toBe(0);
});

test('the overall H is that of the averages, not the average of H', () => {
  const table = makeTable([sampleRecord({ task: 'a' }, 90, 30), sampleRecord({ task: 'b' }, 50, 70)]);
  expect(overall(table, 'clip', 'base')).toEqual({ mean: 70, seeds: 1 });
  expect(overall(table, 'clip', 'new')).toEqual({ mean: 50, seeds: 1 });
  expect(overall(table, 'clip', 'H')?.mean).toBe(harmonicMean(70, 50));
  expect(table.tasks[0]?.cells.clip?.H?.mean).toBe(45);
});

test('seeds are averaged, with their sample deviation', () => {
  const table = makeTable([
    sampleRecord({ seed: 1 }, 40, 50),
    sampleRecord({ seed: 2 }, 42, 50),
    sampleRecord({ seed: 3 }, 44, 50),
  ]);
  const cells = table.tasks[0]?.cells.clip;
  expect(cells).toMatchObject({ base: { mean: 42, deviation: 2, seeds: 3 }, new: { mean: 50, deviation: 0 } });
  expect(cells?.H?.mean).toBe(harmonicMean(42, 50));
  expect(table.seeds).toEqual([1, 2, 3]);
  expect(table.overall?.cells.clip).toEqual(cells);
});

test('the overall deviation is that of each seed’s averages', () => {
  const table = makeTable([
    sampleRecord({ task: 'a', seed: 1 }, 40, 50),
    sampleRecord({ task: 'a', seed: 2 }, 50, 50),
    sampleRecord({ task: 'b', seed: 1 }, 50, 50),
    sampleRecord({ task: 'b', seed: 2 }, 40, 50),
  ]);
  expect(overall(table, 'clip', 'base')).toEqual({ mean: 45, deviation: 0, seeds: 2 });
  expect(overall(table, 'clip', 'H')).toMatchObject({ deviation: 0 });
});

test('averages include only tasks that every method has with every seed', () => {
  const table = makeTable([
    sampleRecord({ task: 'a' }, 40, 40),
    sampleRecord({ task: 'a', method: 'coop' }, 60, 60),
    sampleRecord({ task: 'b' }, 90, 90),
  ]);
  expect(table.overallTasks).toEqual(['a']);
  expect(table.overall?.name).toBe('average of 1 task');
  expect(overall(table, 'clip', 'H')?.mean).toBe(40);
  expect(table.tasks[1]?.cells.coop).toBeUndefined();
});

test('a task without one seed of one method does not count', () => {
  const runs = ['a', 'b'].flatMap(task => [1, 2].map(seed => sampleRecord({ task, seed }, 40, 40)));
  const table = makeTable(runs.slice(0, 3));
  expect(table.overallTasks).toEqual(['a']);
  expect(table.tasks[1]?.cells.clip?.base).toEqual({ mean: 40, seeds: 1 });
  expect(makeTable(runs).overallTasks).toEqual(['a', 'b']);
});

test('a method with fewer than half of the tasks so far is left out of the averages', () => {
  const runs = ['a', 'b', 'c'].map(task => sampleRecord({ task }, 60, 60));
  const table = makeTable([...runs, sampleRecord({ task: 'b', method: 'coop' }, 90, 90)]);
  expect(table.overallTasks).toEqual(['a', 'b', 'c']);
  expect(table.overall?.cells).toEqual({ clip: expect.anything() });
  const half = makeTable([...runs, ...['a', 'b'].map(task => sampleRecord({ task, method: 'coop' }, 90, 90))]);
  expect(half.overallTasks).toEqual(['a', 'b']);
  expect(overall(half, 'coop', 'H')?.mean).toBe(90);
});

test('without a complete task there are no averages', () => {
  const table = makeTable([sampleRecord({ task: 'a' }, 40, 40), sampleRecord({ task: 'b', method: 'coop' }, 60, 60)]);
  expect(table.overall).toBeUndefined();
  expect(makeTable([])).toMatchObject({ methods: [], seeds: [], tasks: [], overallTasks: [] });
});

test('tests that a method cannot take are null, and so is H', () => {
  const table = makeTable([sampleRecord({ method: 'linear-probe' }, 60, null)]);
  expect(table.tasks[0]?.cells['linear-probe']).toEqual({ base: { mean: 60, seeds: 1 }, new: null, H: null });
  expect(overall(table, 'linear-probe', 'base')?.mean).toBe(60);
});

test('a few-shot table has a column per number of shots, and averages for those that a method has', () => {
  const run = (task: string, method: string, shots: number, top1: number) =>
    sampleRecord({ protocol: 'few-shot', task, method, shots }, { all: top1 });
  const table = makeTable([
    run('a', 'clip', 1, 30),
    run('b', 'clip', 1, 40),
    run('a', 'coop', 1, 32),
    run('b', 'coop', 1, 36),
    run('a', 'coop', 16, 50),
    run('b', 'coop', 16, 60),
  ]);
  expect(table.columns).toEqual(['1 shot', '16 shots']);
  expect(table.main).toBe('16 shots');
  expect(overall(table, 'coop', '1 shot')?.mean).toBe(34);
  expect(overall(table, 'coop', '16 shots')?.mean).toBe(55);
  expect(overall(table, 'clip', '1 shot')?.mean).toBe(35);
  expect(overall(table, 'clip', '16 shots')).toBeUndefined();
});

test('a transfer table has the source, each target, and the average over the targets only', () => {
  const run = (method: string, seed: number, plus: number) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'b', method, seed }, { b: 80 + plus, a: 40 + plus, c: 50 });
  const table = makeTable([run('clip', 1, 0), run('clip', 2, 2)]);
  expect(table.columns).toEqual(['source', 'a', 'c', 'average']);
  expect(table.tasks.map(({ name }) => name)).toEqual(['b']);
  expect(table.tasks[0]?.cells.clip).toMatchObject({
    source: { mean: 81 },
    a: { mean: 41 },
    c: { mean: 50, deviation: 0 },
    average: { mean: 45.5, deviation: Math.SQRT1_2, seeds: 2 },
  });
  expect(table.overall).toBeUndefined();
});

test('a target named like a column of its own keeps its number', () => {
  const table = makeTable([
    sampleRecord({ protocol: 'cross-dataset', task: 'a' }, { a: 80, average: 60, source: 50, b: 10 }),
  ]);
  expect(table.columns).toEqual(['source', 'average (task)', 'source (task)', 'b', 'average']);
  expect(table.tasks[0]?.cells.clip).toMatchObject({
    ...{ source: { mean: 80 }, 'average (task)': { mean: 60 }, 'source (task)': { mean: 50 }, average: { mean: 40 } },
  });
});

test('tasks named base and new are a source and its target, not the two halves of a task', () => {
  const table = makeTable([sampleRecord({ protocol: 'cross-dataset', task: 'base' }, { base: 80, new: 40 })]);
  expect(table.columns).toEqual(['source', 'new', 'average']);
});

test('with several sources, a task is a target of the others, and averages are over the sources', () => {
  const run = (task: string, top1s: Record<string, number>) => sampleRecord({ protocol: 'cross-dataset', task }, top1s);
  const table = makeTable([run('a', { a: 80, b: 40, c: 50 }), run('b', { b: 60, a: 30, c: 10 })]);
  expect(table.columns).toEqual(['source', 'b', 'c', 'a', 'average']);
  expect(table.tasks[0]?.cells.clip).toMatchObject({ a: null, b: { mean: 40 }, average: { mean: 45 } });
  expect(table.overall?.cells.clip).toMatchObject({
    ...{ source: { mean: 70 }, a: { mean: 30 }, b: { mean: 40 }, c: { mean: 30 }, average: { mean: 32.5 } },
  });
});

test('a trained protocol of your own has a column for each of its tests', () => {
  const run = (shots: number, near: number, far: number) => sampleRecord({ protocol: 'mine', shots }, { near, far });
  const one = makeTable([run(16, 80, 40)]);
  expect(one.columns).toEqual(['near', 'far']);
  expect(one.tasks[0]?.cells.clip).toMatchObject({ near: { mean: 80 }, far: { mean: 40 } });
  expect(makeTable([run(1, 70, 30), run(16, 80, 40)]).tasks[0]?.cells.clip).toMatchObject({
    ...{ 'near, 1 shot': { mean: 70 }, 'far, 1 shot': { mean: 30 } },
    ...{ 'near, 16 shots': { mean: 80 }, 'far, 16 shots': { mean: 40 } },
  });
});

test('variants of several tasks share their columns', () => {
  const run = (name: string) =>
    sampleRecord(
      { protocol: 'domain-generalization', task: `${name}-flat` },
      { [`${name}-flat`]: 70, [`${name}-shaded`]: 60, [`${name}-3d`]: 40 },
    );
  const table = makeTable([run('weather'), run('food')]);
  expect(table.tasks.map(({ name }) => name)).toEqual(['weather', 'food']);
  expect(table.columns).toEqual(['source', 'shaded', '3d', 'average']);
  expect(overall(table, 'clip', 'average')?.mean).toBe(50);
});

test('zero-shot has one column, and a custom protocol one column per test', () => {
  const zeroShot = makeTable([sampleRecord({ protocol: 'zero-shot', shots: 0 }, { all: 30 })]);
  expect(zeroShot.columns).toEqual(['top-1']);
  expect(overall(zeroShot, 'clip', 'top-1')?.mean).toBe(30);
  const own = makeTable([sampleRecord({ protocol: 'mine', shots: 0 }, { easy: 30, hard: 20 })]);
  expect(own.columns).toEqual(['easy', 'hard']);
});
