import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { comparable } from './distinguish.js';

const methods = (records: { config: { method: string } }[]) => records.map(({ config }) => config.method);

test('other shots, suites and models get separate tables', () => {
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

test('a method run in two ways counts as two methods, named by the difference', () => {
  const [table] = comparable([
    sampleRecord({ method: 'coop', recipe: { epochs: 50, lr: 0.002 } }, 1, 1),
    sampleRecord({ method: 'coop', recipe: { epochs: 2, lr: 0.002 } }, 1, 1),
    sampleRecord({ method: 'clip' }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['coop (epochs 50)', 'coop (epochs 2)', 'clip']);
});

test('several views of each test image make a separate method, even if no other run has one view', () => {
  const [five, ...others] = comparable([
    sampleRecord({ views: 5 }, 1, 1),
    sampleRecord({ method: 'coop', views: 5 }, 1, 1),
  ]);
  expect([methods(five!.records), others]).toEqual([['clip, 5 views', 'coop, 5 views'], []]);
  const [both] = comparable([
    sampleRecord({}, 1, 1),
    sampleRecord({ views: 9 }, 1, 1),
    sampleRecord({ views: 9, threads: 2 }, 1, 1),
  ]);
  expect(methods(both!.records)).toEqual(['clip', 'clip, 9 views (threads 0)', 'clip, 9 views (threads 2)']);
  expect(methods(comparable(both!.records)[0]!.records)).toEqual(methods(both!.records));
});

test('towers below float32 make a separate method, even if every other task has it in float32', () => {
  const [table] = comparable([
    sampleRecord({ task: 'a', method: 'coop' }, 1, 1),
    sampleRecord({ task: 'b', method: 'coop', precision: 'int8' }, 1, 1),
    sampleRecord({ task: 'b', method: 'clip', precision: 'int8', views: 5 }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['coop', 'coop, int8', 'clip, int8, 5 views']);
});

test('another resizing order is a separate way to run a method; records without one use that of Pillow 12', () => {
  const [table] = comparable([sampleRecord({ pillow: 13 }, 1, 1), sampleRecord({ pillow: undefined }, 1, 1)]);
  expect(methods(table!.records)).toEqual(['clip (pillow 13)', 'clip (pillow 12)']);
});

test('options and recipe numbers that differ only between tasks are one method', () => {
  const [table] = comparable([
    sampleRecord({ task: 'a', method: 'prograd', options: { lambda: 1 }, recipe: { epochs: 3 } }, 1, 1),
    sampleRecord({ task: 'b', method: 'prograd', options: { lambda: 0.8 }, recipe: { epochs: 5 } }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['prograd', 'prograd']);
});

test('options and recipe numbers that differ between seeds of a task make separate methods', () => {
  const [table] = comparable([
    sampleRecord({ method: 'coop', recipe: { epochs: 1 }, seed: 1 }, 1, 1),
    sampleRecord({ method: 'coop', recipe: { epochs: 3 }, seed: 2 }, 1, 1),
    sampleRecord({ method: 'cocoop', options: { reduction: 4 }, seed: 1 }, 1, 1),
    sampleRecord({ method: 'cocoop', options: { reduction: 16 }, seed: 2 }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual([
    ...['coop (epochs 1)', 'coop (epochs 3)'],
    ...['cocoop (reduction 4)', 'cocoop (reduction 16)'],
  ]);
});

test('settings that no recipe varies make separate methods, even if no task has both', () => {
  const named = (...configs: object[]) =>
    methods(
      comparable(configs.map((config, i) => sampleRecord({ task: `${i}`, method: 'coop', ...config }, 1, 1)))[0]!
        .records,
    );
  expect(named({ pillow: 13 }, { pillow: undefined })).toEqual(['coop (pillow 13)', 'coop (pillow 12)']);
  expect(named({}, { code: 'a'.repeat(64) })).toEqual(['coop (code null)', `coop (code ${'a'.repeat(12)})`]);
  const views = [{ augment: false }, { augment: true, cacheFeatures: 2 }];
  expect(named(...views.map(recipe => ({ recipe })))).toEqual([
    'coop (augment false, cacheFeatures null)',
    'coop (augment true, cacheFeatures 2)',
  ]);
  expect(named({}, { recipe: { keep: 'best' } }, { recipe: { keep: 'best', patience: 2 } })).toEqual([
    ...['coop (keep null, patience null)', 'coop (keep best, patience null)', 'coop (keep best, patience 2)'],
  ]);
});

test('device, threads and --validate tell runs with the same seed apart, and no seeds or tasks', () => {
  const run = { method: 'coop', threads: 2, recipe: { validate: true } };
  const [table] = comparable([
    sampleRecord({ method: 'coop' }, 1, 1),
    sampleRecord({ ...run, seed: 2 }, 1, 1),
    sampleRecord({ ...run, task: 'b', device: 'webgpu' }, 1, 1),
  ]);
  expect(methods(table!.records)).toEqual(['coop', 'coop', 'coop']);
});

test('runs with and without sentences about classes are two methods, and two files for a task are named', () => {
  const [one, other, third] = ['a', 'b', 'c'].map(digit => digit.repeat(64));
  const run = (task: string, descriptions?: string) => sampleRecord({ method: 'coprompt', task, descriptions }, 1, 1);
  const named = (...records: ReturnType<typeof run>[]) => methods(comparable(records)[0]!.records);
  expect(named(run('x', one), run('y', other))).toEqual(['coprompt', 'coprompt']);
  expect(named(run('x', one), run('x'), run('y', other), run('z'))).toEqual([
    ...['coprompt (descriptions given)', 'coprompt (descriptions none)'],
    ...['coprompt (descriptions given)', 'coprompt (descriptions none)'],
  ]);
  expect(named(run('x', one), run('x', third))).toEqual([
    ...['coprompt (descriptions aaaaaaaaaaaa)', 'coprompt (descriptions cccccccccccc)'],
  ]);
});

test('few-shot runs share one table for all shots, and settings may vary with the shots', () => {
  const run = (shots: number, epochs: number) =>
    sampleRecord({ protocol: 'few-shot', method: 'coop', shots, recipe: { epochs } }, { all: 1 });
  const [table, ...others] = comparable([run(1, 50), run(16, 200)]);
  expect(others).toEqual([]);
  expect(table!.title).toBe('pictograms, few-shot, 1, 16 shots, seed 1');
  expect(methods(table!.records)).toEqual(['coop', 'coop']);
});

test('a transfer from one source is named by it, and one to other targets gets a separate table', () => {
  const run = (tests: Record<string, number>, task = 'a') =>
    sampleRecord({ protocol: 'cross-dataset', task, shots: 1 }, tests);
  expect(comparable([run({ a: 1, b: 1 }), run({ a: 1, b: 1, c: 1 })]).map(({ title }) => title)).toEqual([
    'pictograms, cross-dataset from a, 1 shot, seed 1',
    'pictograms, cross-dataset from a, 1 shot, seed 1',
  ]);
  expect(
    comparable([run({ a: 1, b: 1, c: 1 }), run({ a: 1, b: 1, d: 1 }), run({ c: 1, b: 1, a: 1 }, 'b')]),
  ).toHaveLength(2);
  expect(comparable([run({ a: 1, b: 1 }), run({ b: 1, a: 1 }, 'b')]).map(({ title }) => title)).toEqual([
    'pictograms, cross-dataset, 1 shot, seed 1',
  ]);
  expect(comparable([sampleRecord({ protocol: 'zero-shot', shots: 0 }, { all: 1 })])[0]!.title).toBe(
    'pictograms, zero-shot, seed 1',
  );
});

test('an added image does not split a method: runs on the earlier images are left out, with a note', () => {
  const run = (method: string, task: string, data: string, finishedAt: string) => ({
    ...sampleRecord({ method, task, data }, 1, 1),
    finishedAt,
  });
  const [table] = comparable([
    run('clip', 'a', 'old', '2026-01-01'),
    run('coop', 'a', 'old', '2026-01-02'),
    run('clip', 'b', 'same', '2026-01-01'),
    run('coop', 'b', 'same', '2026-01-01'),
    run('clip', 'a', 'new', '2026-01-03'),
    run('coop', 'a', 'new', '2026-01-04'),
  ]);
  const kept = table!.records.map(({ config: { method, task, data } }) => `${method} ${task} ${data}`);
  expect(kept.sort()).toEqual(['clip a new', 'clip b same', 'coop a new', 'coop b same']);
  expect(table!.notes).toEqual(['Left out: 2 runs on other images of a than its last run had.']);
});

test('two versions of a method’s file are two methods', () => {
  const run = (code: string) => sampleRecord({ method: 'mine', code }, 1, 1);
  const [table] = comparable([run('a'.repeat(64)), run('b'.repeat(64))]);
  expect(methods(table!.records)).toEqual([`mine (code ${'a'.repeat(12)})`, `mine (code ${'b'.repeat(12)})`]);
});
