import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchResult, Suite } from '@dgprompt/bench';
import { chooseMethods, readRecords } from '@dgprompt/bench';
import { searchStages } from '@dgprompt/bench/search';
import { validationSuite } from '@dgprompt/bench/suites';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { createDataset, type Dataset } from '@dgprompt/datasets';
import { dgprompt, resolveMethod } from '@dgprompt/methods';
import { beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-search-'));

describe('a search', () => {
  let [model, suite, results] = ['', '', ''];
  let out: string;
  beforeAll(async () => {
    [model, suite, results] = [await tinyClip(), await tinySuite(['bright', 'dim'], 8), await newFolder()];
    out = join(results, 'deep', 'chosen');
  });
  const run = (...more: string[]) =>
    callCli([
      ...['search', '--suite', suite, '--model', model, '--results', results, '--out', out, '--threads', '1'],
      ...['--shots', '2', '--methods', 'coop,dgprompt', '--lr', '1,20', '--epochs', '0.02', ...more],
    ]);

  test('uses only base classes and their validation images, and chooses once for all tasks', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    const found = JSON.parse(await readFile(`${out}.json`, 'utf8'));
    expect(found).toMatchObject({ tasks: ['bright', 'dim'], seed: 1, shots: 2, pillow: 13 });
    expect(found.methods.coop.tried).toHaveLength(3);
    expect(found.methods.dgprompt.tried).toHaveLength(6);
    for (const { chosen, tried } of Object.values(found.methods) as SearchResult['methods'][string][]) {
      const best = Math.max(...tried.map(({ H }) => H!));
      expect(tried.find(({ options }) => options === chosen)?.H).toBe(best);
    }
    expect(stdout).toMatch(/CoOp +H \d+\.\d {2}lr=/);
    const { records } = await readRecords(results);
    expect(records).toHaveLength(2 * (3 + 6));
    for (const { config, tests } of records) {
      expect(config.suite).toBe('tiny-validation');
      expect(Object.keys(tests.base!.perClass)).toEqual(['blue', 'brown']);
      expect(Object.keys(tests.new!.perClass)).toEqual(['green', 'grey']);
      expect(tests.base!.total + tests.new!.total).toBe(4 * 2); // two validation images per class
    }
    const markdown = await readFile(`${out}.md`, 'utf8');
    expect(markdown).toMatch(/\| lr [\d.]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \| (chosen)? \|/);
    expect(markdown).toContain('No test image and no new class was looked at.');
  });

  test('a method that cannot take new classes is chosen by its base accuracy', async () => {
    const alone = join(results, 'base-only');
    const { code, stdout } = await run('--methods', 'taskres', '--set', 'taskres.epochs=2', '--out', alone);
    expect(code).toBe(0);
    const { chosen, tried }: SearchResult['methods'][string] = JSON.parse(await readFile(`${alone}.json`, 'utf8'))
      .methods.taskres; // options of --set are part of what was tried
    expect(chosen).toMatch(/^epochs=2\+lr=/);
    for (const one of tried) expect(one).toEqual({ options: one.options, base: expect.any(Number) });
    const best = Math.max(...tried.map(({ base }) => base));
    expect(tried.find(({ options }) => options === chosen)?.base).toBe(best);
    expect(stdout).toMatch(/TaskRes +base \d+\.\d {2}/);
    expect(await readFile(`${alone}.md`, 'utf8')).toMatch(/\| [\d.]+ \| – \| – \| chosen \|/);
  });

  test('a variant keeps its name, wherever it appears among options', async () => {
    const alone = join(results, 'variant');
    expect((await run('--methods', 'coop:epochs=1+csc', '--out', alone)).code).toBe(0);
    const { methods } = JSON.parse(await readFile(`${alone}.json`, 'utf8'));
    expect(Object.keys(methods)).toEqual(['coop:epochs=1+csc']);
  });

  test('resumes, and runs nothing twice', async () => {
    const before = (await readRecords(results)).records.map(({ finishedAt }) => finishedAt);
    const both = await readFile(`${out}.json`, 'utf8');
    const again = await run('--methods', 'dgprompt');
    expect(again.code).toBe(0);
    expect(await readFile(`${out}.json`, 'utf8')).toBe(both); // results of other methods are kept
    const narrower = await run('--methods', 'dgprompt', '--tasks', 'dim');
    expect(narrower.code).toBe(0);
    expect(Object.keys(JSON.parse(await readFile(`${out}.json`, 'utf8')).methods)).toEqual(['dgprompt']);
    expect((await run()).code).toBe(0);
    expect((await readRecords(results)).records.map(({ finishedAt }) => finishedAt).slice(0, before.length)).toEqual(
      before,
    );
  });

  test('its file sets the options of the bench, and its variants keep them', async () => {
    const bench = await newFolder();
    const table = join(bench, 'table.md');
    const { code } = await callCli([
      ...['bench', '--suite', suite, '--model', model, '--results', bench, '--shots', '2', '--seeds', '1,2'],
      ...['--methods', 'coop,dgprompt,dgprompt:no-retention', '--settings', `${out}.json`, '--out', table],
      ...['--tasks', 'dim', '--threads', '1'],
    ]);
    expect(code).toBe(0);
    const { methods } = JSON.parse(await readFile(`${out}.json`, 'utf8'));
    const lr = (id: string) => Number(/lr=([\d.]+)/.exec(methods[id].chosen)![1]);
    const { records } = await readRecords(bench);
    const of = (id: string) => records.find(({ config }) => config.method === id)!.config;
    expect(of('coop').recipe).toMatchObject({ lr: lr('coop') });
    expect(of('dgprompt').recipe.lr).toBe(lr('dgprompt'));
    expect(of('dgprompt:no-retention')).toMatchObject({
      options: { retention: { text: 0 } },
      recipe: { lr: lr('dgprompt') },
    });
    const markdown = await readFile(table, 'utf8');
    const [compared, parts] = markdown.split('### DGPrompt without its parts');
    expect(compared).toMatch(/\| average \| DGPrompt \| \**[\d.]+ ±[\d.]+\** \|/);
    expect(compared).not.toContain('no-retention');
    expect(parts).toMatch(/\| DGPrompt:no-retention \| \**[\d.]+ ±[\d.]+\** \| .* \| [+−]?[\d.]+ \|/);
  });

  test('another file is an error', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'other.json'), '{"methods": 3}');
    const call = (file: string) => callCli(['bench', '--suite', suite, '--settings', file]);
    expect(await call(join(folder, 'other.json'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other.json holds no settings'),
    });
    expect((await call('/no/such.json')).stderr).toContain('/no/such.json cannot be read (ENOENT)');
  });
});

test('the grid multiplies published numbers, and DGPrompt has more to search', () => {
  const factors = { lr: [0.5, 1], epochs: [0.5, 2] };
  expect(searchStages(resolveMethod('maple'), 16, factors)).toEqual([
    ['lr=0.00175', 'lr=0.0035'],
    ['epochs=3', 'epochs=10'],
  ]);
  expect(searchStages(resolveMethod('dgprompt'), 16)[2]).toEqual(['retention.blend=0.75']);
  expect(searchStages(resolveMethod('maple:lr=1e-2+epochs=8'), 16, factors)).toEqual([
    ['lr=0.005', 'lr=0.01'],
    ['epochs=4', 'epochs=16'],
  ]);
});

test('published epochs that depend on the number of images are not multiplied', () => {
  const factors = { lr: [1], epochs: [0.5, 2] };
  expect(searchStages(resolveMethod('clip-lora'), 16, factors)).toEqual([['lr=0.0002'], ['rank=4', 'rank=8']]);
  expect(searchStages(resolveMethod('clip-lora:epochs=20'), 16, factors)[1]).toEqual(['epochs=10', 'epochs=40']);
});

test('a task whose test images are its validation images cannot be used to choose settings', async () => {
  const dataset = createDataset({ name: 'x', classNames: ['a', 'b'], templates: ['{}'] });
  const suite = (more: Partial<Dataset>): Suite => ({
    name: 'own',
    tasks: ['x'],
    load: async () => ({ ...dataset, ...more }),
  });
  const val = [{ path: 'a.png', label: 0, classname: 'a' }];
  await expect(validationSuite(suite({})).load('x')).rejects.toThrow(/no validation images apart from/);
  await expect(validationSuite(suite({ val, valIsTest: true })).load('x')).rejects.toThrow(
    /no validation images apart from/,
  );
  expect((await validationSuite(suite({ val })).load('x')).test).toEqual(val);
});

test('group names expand to their methods', async () => {
  const ids = async (...names: string[]) => (await chooseMethods(names)).methods.map(({ id }) => id);
  expect(await ids('all')).toEqual(expect.arrayContaining(['clip', 'linear-probe', 'promptsrc', 'dgprompt']));
  const parts = dgprompt.definition.ablations!.map(part => `dgprompt:${part}`);
  expect(await ids('dgprompt', 'dgprompt:ablations')).toEqual(['dgprompt', ...parts]);
  expect(await ids('ablations')).toEqual(expect.arrayContaining([...parts, 'tip-adapter-f:no-search']));
});
