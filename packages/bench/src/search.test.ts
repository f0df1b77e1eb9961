import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveMethod } from '@dgprompt/methods';
import { beforeAll, describe, expect, test } from 'vitest';
import { chooseMethods } from './choose-methods.js';
import { chooseSetting, meanOf } from './choose-setting.js';
import { readRecords } from './record.js';
import { callCli } from './run-cli.js';
import { combinations, searchStages } from './search-grid.js';
import { tinyClip, tinySuite } from './tiny.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-search-'));

describe('a search', () => {
  let [model, suite, results] = ['', '', ''];
  let out: string;
  beforeAll(async () => {
    [model, suite, results] = [await tinyClip(), await tinySuite(['bright', 'dim']), await newFolder()];
    out = join(results, 'deep', 'chosen');
  });
  const run = (...more: string[]) =>
    callCli([
      ...['search', '--suite', suite, '--model', model, '--results', results, '--out', out, '--threads', '1'],
      ...['--shots', '2', '--methods', 'coop,dgprompt', '--lr', '1,20', '--epochs', '0.02', ...more],
    ]);

  test('looks at validation images of base classes alone, and chooses once for all tasks', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    const found = JSON.parse(await readFile(`${out}.json`, 'utf8'));
    expect(found).toMatchObject({ tasks: ['bright', 'dim'], seed: 1, shots: 2, rule: 'best' });
    expect(found.methods.coop.stages.map((stage: unknown[]) => stage.length)).toEqual([2]);
    expect(found.methods.dgprompt.stages.map((stage: unknown[]) => stage.length)).toEqual([2, 9]);
    expect(found.methods.dgprompt.chosen).toMatch(/^epochs=1\+lr=[\d.]+\+retainText=[\d.]+\+.*\+guidanceRate=\d$/);
    expect(stdout).toMatch(/CoOp +\d+\.\d {2}epochs=1/);
    const { records } = await readRecords(results);
    expect(records).toHaveLength(2 * (2 + 2 + 9));
    for (const { config, result } of records) {
      expect(config.protocol).toBe('base-validation');
      expect(result.new).toBeNull();
      expect(Object.keys(result.base.perClass)).toEqual(['blue', 'green']);
    }
    const markdown = await readFile(`${out}.md`, 'utf8');
    expect(markdown).toMatch(/\| CoOp \| epochs 1, lr [\d.]+ \| [\d.]+ \|/);
    expect(markdown).toContain('No test image and no new class was looked at.');
  }, 240_000);

  test('goes on where it was, and runs nothing twice', async () => {
    const before = (await readRecords(results)).records.map(({ finishedAt }) => finishedAt);
    const again = await run('--rule', 'careful');
    expect(again.code).toBe(0);
    expect((await readRecords(results)).records.map(({ finishedAt }) => finishedAt).slice(0, before.length)).toEqual(
      before,
    );
  }, 120_000);

  test('its file sets the numbers of the bench, which its variants keep too', async () => {
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
    expect(of('coop').recipe).toMatchObject({ lr: lr('coop'), epochs: 1 });
    expect(of('dgprompt').recipe.lr).toBe(lr('dgprompt'));
    expect(of('dgprompt:no-retention')).toMatchObject({ options: { retainText: 0 }, recipe: { lr: lr('dgprompt') } });
    const markdown = await readFile(table, 'utf8');
    const [compared, parts] = markdown.split('### DGPrompt without its parts');
    expect(compared).toMatch(/\| average \| DGPrompt \| [\d.]+ ±[\d.]+ \|/);
    expect(compared).not.toContain('no-retention');
    expect(parts).toMatch(/\| DGPrompt:no-retention \| [\d.]+ ±[\d.]+ \| .* \| [+−][\d.]+ \|/);
  }, 240_000);

  test('a file that is none of its own is told', async () => {
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

describe('what is chosen', () => {
  const tried = (options: string, ...accuracies: number[]) => {
    const tasks = Object.fromEntries(accuracies.map((value, i) => [`task ${i}`, value]));
    return { options, tasks, mean: meanOf(tasks) };
  };
  const far = tried('careful', 40, 50, 60);
  const near = tried('middle', 49, 62, 69);
  const best = tried('bold', 50, 61, 71);

  test('is the highest mean, the first of equals', () => {
    expect(chooseSetting([far, near, best], 'best').options).toBe('bold');
    expect(chooseSetting([near, tried('twin', 49, 62, 69)], 'best').options).toBe('middle');
  });

  test('or the most careful one within a standard error of it', () => {
    expect(chooseSetting([far, near, best], 'careful').options).toBe('middle'); // 0.67 ± 0.88; the first: 10.7 ± 0.3
    expect(chooseSetting([far, tried('worse', 49, 60, 70), best], 'careful').options).toBe('bold'); // 1 ± 0
    expect(chooseSetting([tried('one task', 49.9), tried('better', 50)], 'careful').options).toBe('better');
  });
});

test('the grid multiplies published numbers, from the most careful setting to the boldest', () => {
  const [stage] = searchStages(resolveMethod('maple'), 16, { lr: [0.5, 1], epochs: [1, 2] });
  expect(combinations(stage!)).toEqual([
    ...['epochs=5+lr=0.00175', 'epochs=5+lr=0.0035', 'epochs=10+lr=0.00175', 'epochs=10+lr=0.0035'],
  ]);
  const [, second] = searchStages(resolveMethod('dgprompt'), 16);
  expect(combinations(second!)[0]).toBe('retainText=50+retainImage=20+retainLogits=2+guidanceRate=1');
});

test('names of groups stand for their methods', async () => {
  const ids = async (...names: string[]) => (await chooseMethods(names)).methods.map(({ id }) => id);
  expect(await ids('all')).toEqual(expect.arrayContaining(['clip', 'linear-probe', 'promptsrc', 'dgprompt']));
  expect(await ids('dgprompt', 'ablations')).toEqual([
    ...['dgprompt', 'dgprompt:no-image', 'dgprompt:no-text', 'dgprompt:flat'],
    ...['dgprompt:no-retention', 'dgprompt:free', 'dgprompt:prototype'],
  ]);
});
