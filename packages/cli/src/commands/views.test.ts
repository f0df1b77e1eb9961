import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunRecord, readRecords } from '@dgprompt/bench';
import { compareMethods } from '@dgprompt/bench/compare';
import { runName } from '@dgprompt/bench/runs';
import { loadClip } from '@dgprompt/clip';
import { classSubset, fewShot, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { evaluate, resolveMethod, train, zeroshot } from '@dgprompt/methods';
import { examine } from '@dgprompt/methods/evaluation';
import { loadTask } from '@dgprompt/pictograms';
import { beforeAll, expect, test } from 'vitest';
import { fruit } from '../testing/photographs.js';
import { callCli } from '../testing/run-cli.js';
import { shallowClip } from '../testing/shallow-clip.js';

let results: string;
let model: string;
let weather: string[];
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
  model = await shallowClip();
  weather = ['--tasks', 'weather', '--model', model, '--shots', '1', '--epochs', '1', '--threads', '1'];
});

async function benched(...args: string[]): Promise<Map<string, RunRecord>> {
  const { code, stderr } = await callCli(['bench', ...weather, '--results', results, ...args]);
  if (code !== 0) throw new Error(stderr);
  const { records } = await readRecords(results);
  return new Map(records.map(record => [`${record.config.method} ${record.config.views ?? 1}`, record]));
}

test('a program and the command agree on a test with several views, which has its own run and row', async () => {
  const methods = ['--methods', 'clip,coop,maple'];
  await benched(...methods);
  const records = await benched(...methods, '--views', '5');
  expect([...records.keys()].sort()).toEqual(['clip 1', 'clip 5', 'coop 1', 'coop 5', 'maple 1', 'maple 5']);
  expect(records.get('coop 1')!.config).not.toHaveProperty('views');

  await useDevice({ threads: 1 });
  const clip = await loadClip(model);
  const shots = fewShot(await loadTask('weather'), 1, 1);
  const base = classSubset(shots, 'base');
  for (const id of ['clip', 'coop', 'maple']) {
    const method = resolveMethod(id)(clip, base, { epochs: 1 });
    const losses: number[] = [];
    if (id !== 'clip') for await (const { loss } of train(method)) losses.push(loss);
    const record = records.get(`${id} 5`)!;
    expect(record.epochs.map(({ loss }) => loss)).toEqual(losses);
    for (const [name, data] of Object.entries({ base, new: classSubset(shots, 'new') })) {
      const { perClass } = await evaluate(method, data, { views: 5 });
      const accuracies = Object.fromEntries(perClass.map(({ classname, accuracy }) => [classname, accuracy]));
      expect(record.tests[name]!.perClass).toEqual(accuracies);
      expect(accuracies).not.toEqual(records.get(`${id} 1`)!.tests[name]!.perClass);
    }
    method.dispose();
  }
  clip.dispose();
  const log = await readFile(join(results, runName(records.get('coop 5')!.config), 'log.txt'), 'utf8');
  expect(log).toContain(`trained as ${runName(records.get('coop 1')!.config)} was: its prompts`);

  const { stdout } = await callCli(['table', '--results', results, '--format', 'markdown']);
  for (const row of ['CLIP', 'CLIP, 5 views', 'MaPLe', 'MaPLe, 5 views'])
    expect(stdout).toContain(`| weather | ${row} |`);
  const all = [...records.values()];
  expect(compareMethods(all, 'clip', 'maple')[0]!.differences.base!.pairs).toBe(1);
  expect(compareMethods(all, 'clip', 'clip, 5 views')[0]!.b).toBe('CLIP, 5 views');
});

test('runs with one and with several views repeat bit for bit', async () => {
  for (const views of ['1', '5']) await benched('--methods', 'coop', '--views', views);
  const runs = (await readdir(results)).filter(name => name.includes('_coop_'));
  expect(runs).toHaveLength(2);
  for (const run of runs) {
    const { code, stdout } = await callCli(['repeat', join(results, run), '--model', model]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Bit-identical')]);
  }
});

test('a report labels rows with several views, and compares them with CLIP on as many views', async () => {
  await benched('--methods', 'clip,coop', '--views', '5');
  const out = join(results, 'report.html');
  const { code, stderr } = await callCli(['report', '--results', results, '--out', out]);
  expect([code, stderr]).toEqual([0, '']);
  const page = await readFile(out, 'utf8');
  expect(page).toContain('CLIP, 5 views');
  expect(page).toContain('“views”: the mean over 5 views of each test image');
});

test('a method that adapts to each image, and invalid numbers, are refused in one sentence', async () => {
  const given = weather.filter((one, i) => one !== '--epochs' && weather[i - 1] !== '--epochs');
  const tpt = await callCli(['bench', ...given, '--results', results, '--methods', 'tpt', '--views', '5']);
  expect([tpt.code, tpt.stderr]).toEqual([
    1,
    expect.stringContaining('tpt adapts to augmented views of each image; test it with one view.'),
  ]);
  for (const views of ['4', 'many']) {
    const { code, stderr } = await callCli(['bench', '--views', views]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('It must be 1, 5 or 9.')]);
  }
});

test('zero-shot, evaluate and predict take views and report them', async () => {
  const quick = ['--tasks', 'weather', '--model', model, '--threads', '1'];
  const zero = await callCli(['zero-shot', ...quick, '--views', '5', '--json']);
  const clip = await loadClip(model);
  const task = await loadTask('weather');
  const { top1 } = await evaluate(zeroshot(clip, task), task, { views: 5 });
  expect(JSON.parse(zero.stdout)).toEqual({ tasks: { weather: top1 }, mean: top1, views: 5 });

  const photographs = await fruit(join(results, 'fruit'));
  const classifier = join(results, 'classifier');
  const method = zeroshot(clip, await folder(photographs));
  await method.save(classifier);
  const items = (await folder(photographs, { testOnly: true })).test;
  const expected = await examine(method, items, { views: 9 });
  const page = ['--out', join(results, 'mistakes.html'), '--threads', '1'];
  const tested = await callCli([
    'evaluate',
    classifier,
    photographs,
    ...page,
    '--views',
    '9',
    '--split',
    'all',
    '--json',
  ]);
  expect(JSON.parse(tested.stdout)).toMatchObject({ top1: expected.top1, images: items.length, views: 9 });
  const lines = (await callCli(['evaluate', classifier, photographs, ...page, '--views', '9', '--split', 'all']))
    .stdout;
  expect(lines).toContain(`of ${items.length} images in 9 views correct.`);

  const one = items[0]!.path;
  const predicted = async (...views: string[]) =>
    JSON.parse((await callCli(['predict', classifier, one, '--threads', '1', '--json', ...views])).stdout).predictions;
  expect(await predicted('--views', '1')).toEqual(await predicted());
  expect(await predicted('--views', '5')).not.toEqual(await predicted());
  clip.dispose();
});
