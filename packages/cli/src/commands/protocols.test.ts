import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProtocol, openSuite, protocols, type RunRecord, readRecords } from '@dgprompt/bench';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import type { Dataset } from '@dgprompt/datasets';
import { beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
beforeAll(async () => {
  model = await tinyClip();
  suite = await tinySuite(['bright', 'dim', 'dark']);
});

async function bench(...more: string[]): Promise<{ code: number | null; stderr: string; records: RunRecord[] }> {
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-protocols-'));
  const { code, stderr } = await callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--threads', '1'],
    ...(more.includes('clip') || more.includes('zero-shot') ? [] : ['--epochs', '1']),
    ...more,
  ]);
  return { code, stderr, records: (await readRecords(results)).records };
}

test('few-shot trains on every class with each number of shots, and tests all classes', async () => {
  const { code, records } = await bench(
    '--protocol',
    'few-shot',
    '--shots',
    '1,4',
    '--tasks',
    'dim',
    '--methods',
    'clip,coop',
  );
  expect(code).toBe(0);
  expect(records.map(({ config }) => [config.method, config.shots])).toEqual([
    ...[
      ['clip', 1],
      ['clip', 4],
    ],
    ...[
      ['coop', 1],
      ['coop', 4],
    ],
  ]);
  for (const { tests } of records) {
    expect(Object.keys(tests)).toEqual(['all']);
    expect(Object.keys(tests.all!.perClass)).toHaveLength(4);
  }
  expect(records[2]!.config.options).toMatchObject({ tokens: 16 }); // CoOp's own number, not that of CoCoOp's table
});

const crossDataset = ['--protocol', 'cross-dataset', '--source', 'dim', '--shots', '2'];

test('cross-dataset trains on the source and tests it, then every other task', async () => {
  const { code, records, stderr } = await bench(...crossDataset, '--methods', 'maple');
  expect(code).toBe(0);
  expect(stderr).toMatch(/Cross-dataset on tiny.*\n {2}from dim, 2 shots/);
  const [{ config, tests }] = records as [RunRecord];
  expect(Object.keys(tests)).toEqual(['dim', 'bright', 'dark']);
  expect(config).toMatchObject({ task: 'dim', recipe: { lr: 0.0026 } });
  expect(Object.keys(config.tests!)).toEqual(['bright', 'dark']);
});

test('cross-dataset with some of the tasks trains on the first of them, unless the source of the suite is among them', async () => {
  const pictograms = await openSuite('pictograms');
  const paper = await openSuite('paper', { root: '/data' });
  const { experiments } = protocols['cross-dataset']!;
  expect(experiments(pictograms, ['food', 'weather'])).toEqual([{ train: 'food', others: ['weather'] }]);
  expect(experiments(pictograms, ['food'], ['weather'])).toEqual([{ train: 'weather', others: ['food'] }]);
  expect(experiments(paper, ['dtd', 'imagenet'])).toEqual([{ train: 'imagenet', others: ['dtd'] }]);
  const alone = await bench('--protocol', 'cross-dataset', '--tasks', 'dim');
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain('--tasks dim leaves no other task to test on after training on dim; name more tasks');
});

test('a class-specific method is tested only on its own classes', async () => {
  const { code, records } = await bench(...crossDataset, '--methods', 'coop:csc');
  expect(code).toBe(0);
  expect(records[0]!.tests.dim!.total).toBeGreaterThan(0);
  expect(records[0]!.tests.bright!.total).toBeGreaterThan(0); // the same classes
});

test('zero-shot trains nothing and refuses methods that need training', async () => {
  const { code, records } = await bench('--protocol', 'zero-shot', '--tasks', 'dim');
  expect(code).toBe(0);
  expect(records[0]!.config).toMatchObject({ protocol: 'zero-shot', method: 'clip', shots: 0 });
  const refused = await bench('--protocol', 'zero-shot', '--tasks', 'dim', '--methods', 'maple');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('maple must be trained, and zero-shot trains nothing');
  const shot = await bench('--protocol', 'zero-shot', '--tasks', 'dim', '--methods', 'coop', '--shots', '0,1');
  expect([shot.code, shot.records]).toEqual([2, []]);
  expect(shot.stderr).toContain('--shots 1 is for training, and zero-shot trains nothing; leave it out, or use');
});

test('ablation is base-to-new with DGPrompt and its ablations, and shares its runs', async () => {
  expect(protocols.ablation).toMatchObject({ name: 'base-to-new', methods: ['dgprompt', 'ablations'] });
});

test('a custom protocol is a file', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-protocol-')), 'swapped.ts');
  await writeFile(
    file,
    `export const swapped = {
      name: 'swapped', title: 'the last class alone', recipe: 'few-shot', methods: ['clip'], shots: [1],
      experiments: (suite, tasks) => tasks.map(train => ({ train, others: [] })),
      split: dataset => ({ train: dataset, tests: { last: { ...dataset, test: dataset.test.filter(i => i.label === 3) } } }),
    };`,
  );
  const { code, records } = await bench('--protocol', file, '--tasks', 'dim', '--methods', 'clip');
  expect(code).toBe(0);
  expect(records[0]!.config).toMatchObject({ protocol: 'swapped', code: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(Object.keys(records[0]!.tests.last!.perClass)).toEqual(['yellow']);
  await writeFile(file, 'export const nothing = 1;');
  await expect(openProtocol(`${file}`)).resolves.toBeDefined(); // a module is loaded only once
});

test('the protocol of docs/guides/benchmark.md runs unchanged', async () => {
  const page = await readFile(new URL('../../../../docs/guides/benchmark.md', import.meta.url), 'utf8');
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-protocol-')), 'few-classes.ts');
  await writeFile(file, /^```ts\n([\s\S]*?)^```/m.exec(page)![1]!);
  const { code, records } = await bench('--protocol', file, '--tasks', 'dim', '--methods', 'clip');
  expect(code).toBe(0);
  expect(records[0]!.config).toMatchObject({ protocol: 'few-classes', shots: 4 });
  expect(Object.keys(records[0]!.tests)).toEqual(['five']);
});

test('a wrong name suggests the nearest; --source needs a protocol that has sources', async () => {
  await expect(openProtocol('fewshot')).rejects.toThrow('Did you mean "few-shot"?');
  const { code, stderr } = await bench('--source', 'dim');
  expect(code).toBe(2);
  expect(stderr).toContain('base-to-new trains on each task separately');
});

describe('domain generalization on pictograms', () => {
  test('trains on flat drawings; the other styles are tested on drawings by other artists', async () => {
    const pictograms = await openSuite('pictograms');
    const [experiment] = protocols['domain-generalization']!.experiments(pictograms, pictograms.tasks, ['weather']);
    expect(experiment).toEqual({ train: 'weather-flat', others: ['weather-shaded', 'weather-3d'] });
    const loaded: Dataset[] = [];
    for (const name of ['weather-flat', 'weather-shaded', 'weather-3d']) loaded.push(await pictograms.load(name));
    const [flat, shaded, render] = loaded as [Dataset, Dataset, Dataset];
    const paths = ({ train, val, test: tests }: Dataset) => [...train, ...val, ...tests].map(({ path }) => path);
    expect(paths(flat).some(path => path.includes('fluent'))).toBe(false);
    expect(paths(shaded).every(path => path.includes('/fluent-emoji/'))).toBe(true);
    expect(paths(render).every(path => path.includes('/fluent-emoji-3d/'))).toBe(true);
    expect(render.test.length).toBeGreaterThan(60);
    expect(flat.classNames).toEqual(render.classNames);
  });

  test('a named task is the one to train on, and more than the sources are refused', async () => {
    const pictograms = await openSuite('pictograms');
    const { experiments } = protocols['domain-generalization']!;
    const weather = { train: 'weather-flat', others: ['weather-shaded', 'weather-3d'] };
    expect(experiments(pictograms, ['weather'])).toEqual([weather]);
    expect(experiments(pictograms, ['weather'], ['weather'])).toEqual([weather]);
    const unused = 'trains on food and tests on variants of it, not on weather; leave out --tasks';
    expect(() => experiments(pictograms, ['food', 'weather'])).toThrow(unused);
    expect(() => experiments(pictograms, ['weather'], ['food'])).toThrow(unused);
  });

  test('among the published datasets, only ImageNet has variants', async () => {
    const paper = await openSuite('paper', { root: '/data' });
    const plan = protocols['domain-generalization']!;
    expect(plan.experiments(paper, paper.tasks)).toEqual([
      { train: 'imagenet', others: ['imagenetv2', 'imagenet-sketch', 'imagenet-adversarial', 'imagenet-rendition'] },
    ]);
    expect(() => plan.experiments(paper, paper.tasks, ['dtd'])).toThrow('dtd has no variants');
  });
});
