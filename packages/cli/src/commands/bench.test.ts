import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunRecord, readRecords } from '@dgprompt/bench';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { callCli, startCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
beforeAll(async () => {
  model = await tinyClip();
  suite = await tinySuite(['bright', 'dim']);
});

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-bench-'));
const args = (results: string, ...more: string[]) => [
  ...['bench', '--suite', suite, '--model', model, '--results', results],
  ...['--shots', '2', '--epochs', '2', '--threads', '1', ...more],
];
const numbers = ({ tests, epochs }: RunRecord) => [tests, epochs.map(({ loss }) => loss)];

describe('base to new with the four methods', () => {
  let results: string;
  let records: RunRecord[];
  let printed: Awaited<ReturnType<typeof callCli>>;
  beforeAll(async () => {
    results = await newFolder();
    printed = await callCli(args(results, '--json'));
    records = (await readRecords(results)).records;
  });

  test('writes a record of every run and prints only JSON', () => {
    expect(printed.code).toBe(0);
    const { tables, failed } = JSON.parse(printed.stdout);
    expect(failed).toEqual([]);
    expect(tables[0].methods).toEqual(['clip', 'coop', 'maple', 'dgprompt']);
    expect(tables[0].overallTasks).toEqual(['bright', 'dim']);
    expect(records).toHaveLength(8);
  });

  test('tests base and new classes, with an accuracy per class', () => {
    for (const { tests } of records) {
      const base = tests.base!;
      const fresh = tests.new!;
      expect(Object.keys(base.perClass)).toEqual(['blue', 'green']);
      expect(Object.keys(fresh.perClass)).toEqual(['red', 'yellow']);
      expect(base.total).toBe(6);
      expect(base.top1).toBeCloseTo((100 * base.correct) / 6);
      expect(
        Object.values(base.confusion!)
          .flatMap(row => Object.values(row))
          .reduce((a, b) => a + b),
      ).toBe(6);
      expect(base.confusion!.blue?.blue ?? 0).toBe((base.perClass.blue! / 100) * 3);
    }
  });

  test('trains what can be trained and records the settings', () => {
    for (const { config, epochs, timings } of records) {
      expect(epochs.map(({ number }) => number)).toEqual(config.method === 'clip' ? [] : [1, 2]);
      expect(config).toMatchObject({ shots: 2, seed: 1, threads: 1, device: 'cpu', backend: 'onnxruntime' });
      expect(config).not.toHaveProperty('precision'); // float32 is left out so that older runs keep their names
      expect(config.model).toMatch(/^[0-9a-f]{64}$/);
      expect(timings.total).toBeGreaterThan(0);
    }
    const maple = records.find(({ config }) => config.method === 'maple');
    expect(maple?.config.recipe).toMatchObject({ epochs: 2, lr: 0.0035, augment: true });
    expect(maple?.notes.join()).toContain('depth 9 → 2');
  });

  test('a second start runs nothing', async () => {
    const times = async () =>
      Promise.all((await readdir(results)).map(async name => (await stat(join(results, name))).mtimeMs));
    const before = await times();
    const again = await callCli(args(results, '--json'));
    expect(again.stderr).toContain('8 of 8 runs are already done');
    expect(JSON.parse(again.stdout).tables).toEqual(JSON.parse(printed.stdout).tables);
    expect(await times()).toEqual(before);
  });

  test('the same config gives the same numbers', async () => {
    const elsewhere = await newFolder();
    await callCli(args(elsewhere, '--tasks', 'dim', '--methods', 'maple'));
    const [again] = (await readRecords(elsewhere)).records;
    const before = records.find(({ config }) => config.task === 'dim' && config.method === 'maple');
    expect(numbers(again!)).toEqual(numbers(before!));
  });
});

test('a custom method runs alongside the built-in ones: the example of docs/guides/new-method.md', async () => {
  const page = await readFile(new URL('../../../../docs/guides/new-method.md', import.meta.url), 'utf8');
  const example = /^```ts\n([\s\S]*?)^```/m.exec(page)![1]!;
  expect(example.trim().split('\n').length).toBeLessThan(50);
  // where its imports resolve
  const file = join(fileURLToPath(new URL('.', import.meta.url)), `own-${process.pid}.tmp.ts`);
  const results = await newFolder();
  try {
    await writeFile(file, example);
    const run = () => callCli(args(results, '--tasks', 'dim', '--methods', `clip,${file}`, '--json'));
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(JSON.parse(stdout).tables[0].methods).toEqual(['clip', 'anchored']);
    const [own] = (await readRecords(results)).records.filter(({ config }) => config.method === 'anchored');
    expect(own!.config.options).toMatchObject({ tokens: 4, anchor: { weight: 4 } });
    expect(own!.config.code).toMatch(/^[0-9a-f]{64}$/);
    expect((await run()).stderr).toContain('2 of 2 runs are already done');
    await writeFile(file, `${example}// another version\n`);
    expect((await run()).stderr).toContain('1 of 2 runs are already done');
  } finally {
    await rm(file, { force: true });
  }
});

test('a file without a method, and a missing file, have different errors', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'empty.js'), 'export const nothing = 1;');
  await writeFile(join(folder, 'broken.js'), 'export const = 1;');
  const errorOf = async (name: string) => {
    const { code, stderr } = await callCli(args(folder, '--methods', join(folder, name)));
    expect(code).toBe(2);
    return stderr.trim();
  };
  expect(await errorOf('empty.js')).toMatch(/empty\.js exports no method: make one with defineMethod/);
  expect(await errorOf('broken.js')).toMatch(/broken\.js does not load: /);
  expect(await errorOf('absent.js')).toMatch(/absent\.js cannot be read \(ENOENT\)/);
});

test('a run that fails is reported, and the others continue', async () => {
  const results = await newFolder();
  const { code, stdout, stderr } = await callCli(args(results, '--tasks', 'dim', '--methods', 'maple:depth=9,clip'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/✗ dim, MaPLe:depth=9, seed 1: .*depth 9 is more than the 2 layers/);
  expect(stderr).toContain('1 of 2 runs failed');
  expect(stdout).toContain('CLIP');
  expect((await readRecords(results)).records).toHaveLength(1);
});

test('a method that cannot take new classes has a dash for them, and the record says why', async () => {
  const results = await newFolder();
  const out = join(results, 'table.md');
  const methods = 'clip,linear-probe,coop:csc+epochs=1';
  const { code, stdout, stderr } = await callCli(args(results, '--tasks', 'dim', '--methods', methods, '--out', out));
  expect(code).toBe(0);
  expect(stderr).toMatch(/✓ dim +linear probe +base +\d+\.\d +new +– +H +–/);
  expect(await readFile(out, 'utf8')).toMatch(/\| dim \| linear probe \| \**\d+\.\d\** \| – \| – \|/);
  expect(stdout).toContain('CLIP reaches H');
  const { records } = await readRecords(results);
  const probe = records.find(({ config }) => config.method === 'linear-probe')!;
  expect(probe.tests.new).toBeNull();
  expect(probe.notes.join()).toContain('so it cannot take others');
  expect(probe.epochs.map(({ number }) => number)).toEqual([1]);
  expect((await callCli(['table', '--results', results, '--json'])).code).toBe(0);
});

test('options in a method’s name, clipped and accumulated gradients and validation are part of the config', async () => {
  const results = await newFolder();
  const method = 'coop:tokens=3+accumulate=2+clipGradients=0.5';
  const { code } = await callCli(args(results, '--tasks', 'dim', '--methods', method, '--validate'));
  expect(code).toBe(0);
  const [record] = (await readRecords(results)).records;
  expect(record!.config).toMatchObject({
    method,
    options: { tokens: 3 },
    recipe: { accumulate: 2, clipGradients: 0.5, epochs: 2, validate: true },
  });
  expect(record!.epochs.map(({ validation }) => typeof validation)).toEqual(['number', 'number']);
  const set = ['--set', 'coop.accumulate=2', '--set', 'coop.clipGradients=0.5', '--validate'];
  const again = await callCli(args(results, '--tasks', 'dim', '--methods', 'coop:tokens=3', ...set));
  expect(again.stderr).toContain('1 of 1 runs are already done');
  const config = join(results, 'config.json');
  const methods = { coop: { tokens: 3, accumulate: 2, clipGradients: 0.5 } };
  await writeFile(config, JSON.stringify({ methods, bench: { methods: 'coop', validate: true } }));
  const fromFile = await callCli(args(results, '--tasks', 'dim', '--config', config));
  expect(fromFile.stderr).toContain('1 of 1 runs are already done');
});

test('Ctrl-C keeps the finished runs and prints how to resume', async () => {
  const results = await newFolder();
  const all = args(results, '--methods', 'clip,maple', '--epochs', '400');
  const { child, ended } = startCli(all, { env: { npm_lifecycle_event: undefined } });
  child.stderr?.on('data', text => {
    if (String(text).includes('✓')) child.kill('SIGINT');
  });
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/Interrupted. 1 of 4 runs are finished and kept/);
  expect(stderr).toContain(`dgprompt bench --suite ${suite}`);
  const { records, damaged } = await readRecords(results);
  expect(records.map(({ config }) => config.method)).toEqual(['clip']);
  expect(damaged).toEqual([]);
});

test('zero-shot --json prints a percentage for each task and their mean', async () => {
  const { code, stdout } = await callCli(['zero-shot', '--suite', suite, '--model', model, '--json']);
  const { tasks, mean } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(Object.keys(tasks)).toEqual(['bright', 'dim']);
  expect(mean).toBeCloseTo((tasks.bright + tasks.dim) / 2);
});

test('zero-shot computes the features of images and prompts once', async () => {
  vi.stubEnv('DGPROMPT_CACHE', await newFolder());
  try {
    const again = () => callCli(['zero-shot', '--suite', suite, '--tasks', 'dim', '--model', model, '--json']);
    const first = await again();
    const kept = join(process.env.DGPROMPT_CACHE!, 'features');
    const files = await readdir(kept);
    expect(files).toHaveLength(2);
    const written = async () => Promise.all(files.map(async file => (await stat(join(kept, file))).mtimeMs));
    const before = await written();
    expect(await again()).toEqual(first);
    expect(await written()).toEqual(before);
  } finally {
    vi.unstubAllEnvs();
  }
});
