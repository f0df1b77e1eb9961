import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '@dgprompt/bench';
import { compareFolders, compareMethods, differencesSheet } from '@dgprompt/bench/compare';
import { writeRecord } from '@dgprompt/bench/records';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { describe, expect, test } from 'vitest';
import { comparisonListText, comparisonText, readComparison } from '../terminal/compare-text.js';
import { callCli } from '../testing/run-cli.js';

const run = (method: string, task: string, seed: number, base: number, fresh: number | null, more = {}) =>
  sampleRecord({ method, task, seed, ...more }, base, fresh);

const both = [
  ...[run('maple', 'a', 1, 50, 40), run('dgprompt', 'a', 1, 52, 40)],
  ...[run('maple', 'a', 2, 52, 40), run('dgprompt', 'a', 2, 56, 40)],
  ...[run('maple', 'b', 1, 60, 40), run('dgprompt', 'b', 1, 59, 40)],
];

test('pairs are over task and seed, and every task has the same weight', () => {
  const [own, ...others] = compareMethods([...both, run('maple', 'b', 2, 0, 0)], 'maple', 'dgprompt');
  expect(others).toEqual([]);
  expect(own).toMatchObject({ a: 'MaPLe', b: 'DGPrompt', tasks: ['a', 'b'], seeds: [1, 2], main: 'H', otherData: 0 });
  expect(own!.differences.base).toMatchObject({ a: 55.5, b: 56.5, mean: 1, pairs: 3, wins: 2, ties: 0, losses: 1 });
  expect(own!.differences.new).toMatchObject({ mean: 0, low: 0, high: 0, wins: 0, ties: 3, losses: 0 });
  expect(own!.differences.base!.low).toBe(-1);
  expect(own!.differences.base!.high).toBeLessThanOrEqual(4);
});

test('the sentence gives the difference and its certainty', () => {
  const say = (records: RunRecord[]) => readComparison(compareMethods(records, 'maple', 'dgprompt')[0]!);
  expect(say(both)).toMatch(
    /^DGPrompt is 0\.\d points above MaPLe in H, on 2 tasks with 2 seeds: better in 2 of 3 pairs, level in 0, worse in 1\. The 95 % interval is −0\.\d to \+1\.\d, which contains zero/,
  );
  expect(say(both)).toContain('too narrow');
  expect(say(both.slice(0, 2))).toContain('on 1 task with 1 seed: better in 1 of 1 pair');
  expect(say(both.slice(0, 2))).toContain('One pair is too few for an interval.');
  const equal = both.map(record => sampleRecord(record.config, 50, 40));
  expect(say(equal)).toContain('is level with MaPLe in H');
  expect(say(equal)).toContain('The runs are equal to a tenth of a point.');
});

test('tests that a method cannot take are not paired', () => {
  const [own] = compareMethods([run('linear-probe', 'a', 1, 60, null), both[0]!], 'linear-probe', 'maple');
  expect(Object.keys(own!.differences)).toEqual(['base']);
  expect(readComparison(own!)).toContain('MaPLe is 10.0 points below linear probe in base');
});

test('each number of shots and each target has its own difference', () => {
  const shots = (method: string, k: number, all: number) =>
    sampleRecord({ protocol: 'few-shot', method, shots: k }, { all });
  const few = [shots('clip', 1, 40), shots('clip', 4, 40), shots('coop', 1, 38), shots('coop', 4, 45)];
  expect(compareMethods(few, 'clip', 'coop')[0]!.differences).toMatchObject({
    '1 shot': { mean: -2 },
    '4 shots': { mean: 5 },
  });
  const transfer = (method: string, target: number) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'a', method }, { a: 60, b: target, c: 10 });
  const [own] = compareMethods([transfer('clip', 20), transfer('maple', 24)], 'clip', 'maple');
  expect(own!.differences).toMatchObject({ source: { mean: 0 }, b: { mean: 4 }, average: { mean: 2 } });
  expect(readComparison(own!)).toContain('MaPLe is 2.0 points above CLIP in the average over the targets');
});

test('notes name the Pillow version, the precision and the sentences in which both sides differ', () => {
  const more = { pillow: undefined, descriptions: 'a'.repeat(64) };
  const [own] = compareMethods([both[0]!, run('coprompt', 'a', 1, 50, 40, more)], 'maple', 'coprompt');
  const notes = [
    'The Pillow version differs in 1 pair: 13 for MaPLe, 12 for CoPrompt.',
    'The sentences about classes differ in 1 pair: none for MaPLe, aaaaaaaaaaaa for CoPrompt.',
  ];
  for (const note of notes) {
    expect(comparisonText(own!)).toContain(note);
    expect(comparisonListText({ title: '', comparisons: [own!] })).toContain(note);
  }
  const [precise] = compareMethods(
    [both[0]!, run('maple', 'a', 1, 50, 40, { precision: 'int8' })],
    'maple',
    'maple, int8',
  );
  expect(comparisonText(precise!)).toContain('The precision of the towers differs in 1 pair: fp32 for MaPLe, int8');
});

test('runs on other data are not paired, and the comparison counts them', () => {
  const other = run('dgprompt', 'b', 1, 99, 99, { data: 'other' });
  const [own] = compareMethods([...both.slice(0, 5), other], 'maple', 'dgprompt');
  expect(own).toMatchObject({ tasks: ['a'], otherData: 1 });
  expect(compareMethods([both[4]!, other], 'maple', 'dgprompt')).toEqual([]);
});

test('two folders are compared method by method, even with different CLIPs', () => {
  const records = (plus: number, model: string) =>
    ['clip', 'coop'].map(method => run(method, 'a', 1, 50 + plus, 40, { model }));
  const compare = (a: RunRecord[], b: RunRecord[]) =>
    compareFolders({ name: 'before', records: a }, { name: 'after', records: b });
  expect(compare(records(0, 'small'), records(3, 'large')).map(({ title, a, b }) => [title, a, b])).toEqual([
    ['CLIP: pictograms, base-to-new, 16 shots, seed 1', 'before', 'after'],
    ['CoOp: pictograms, base-to-new, 16 shots, seed 1', 'before', 'after'],
  ]);
  const several = [...records(3, 'large'), ...records(5, 'small')];
  expect(compare(records(0, 'small'), several)[0]!.differences.base!.mean).toBe(5);
  expect(() => compare(records(0, 'tiny'), several)).toThrow('after holds pictograms, base-to-new');
});

test('a sheet escapes what a terminal would obey in the name of a target', () => {
  const transfer = (method: string) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'a', method }, { a: 60, 'b\u001b[2J': 20 });
  const [one] = compareMethods([transfer('clip'), transfer('maple')], 'clip', 'maple');
  expect(differencesSheet([one!]).columns.join()).not.toContain('\u001b');
});

describe('dgprompt compare', () => {
  const folderOf = async (records: RunRecord[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-compare-'));
    for (const record of records) await writeRecord(folder, record);
    return folder;
  };

  test('takes two methods of a results folder, by id or by their titles in tables', async () => {
    const results = await folderOf(both);
    const { code, stdout, stderr } = await callCli(['compare', 'MaPLe', 'dgprompt', '--results', results]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('pictograms, base-to-new, 16 shots, seeds 1, 2');
    expect(stdout).toMatch(/base +55\.5 +56\.5 +\+1\.0/);
    expect(stdout).toMatch(/\nDGPrompt is 0\.\d points above MaPLe in H/);
  });

  test('says which tables are left out because a method has several settings', async () => {
    const shots = (method: string, lr: number, all: number) =>
      sampleRecord({ protocol: 'few-shot', task: 'a', method, recipe: { lr } }, { all });
    const few = [shots('maple', 0.1, 50), shots('maple', 0.2, 52), shots('dgprompt', 0.1, 60)];
    const results = await folderOf([...both, ...few]);
    const say = (a: string) => callCli(['compare', a, 'dgprompt', '--results', results]);
    const { stdout, stderr } = await say('maple');
    expect(stdout).not.toContain('few-shot');
    expect(stderr).toBe(
      'Left out: pictograms, few-shot, 16 shots, seed 1, with several settings of a method; ' +
        'name one of "maple (lr 0.1)", "maple (lr 0.2)".\n',
    );
    expect(await say('maple (lr 0.2)')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('+8.0') });
  });

  test('takes two folders and prints deterministic JSON', async () => {
    const before = await folderOf([both[0]!]);
    const after = await folderOf([run('maple', 'a', 1, 55, 40)]);
    const say = () => callCli(['compare', before, after, '--json']);
    const { code, stdout } = await say();
    expect(code).toBe(0);
    const { comparisons } = JSON.parse(stdout);
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({ a: before, b: after, differences: { base: { mean: 5, wins: 1 } } });
    expect(comparisons[0].reading).toContain(`${after} is 1.9 points above ${before} in H`);
    expect((await say()).stdout).toBe(stdout);
  });

  test('compares a method with every other one, the best first, and writes the table to a file', async () => {
    const clip = ['a', 'b'].flatMap(task => [1, 2].map(seed => run('clip', task, seed, 50, 41)));
    const results = await folderOf([...both, ...clip, run('linear-probe', 'b', 1, 61, null)]);
    const out = join(results, 'against-clip.md');
    const { code, stdout, stderr } = await callCli(['compare', 'clip', '--results', results, '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('16 shots, seeds 1, 2: differences from CLIP in percentage points');
    const text = await readFile(out, 'utf8');
    const rows = text.split('\n').filter(line => line.startsWith('|'));
    expect(rows[0]).toBe('| method | base | new | H | pairs |');
    expect(rows.slice(2).map(row => row.split(' | ')[0])).toEqual(['| DGPrompt', '| MaPLe', '| linear probe']);
    expect(rows[2]).toMatch(/^\| DGPrompt \| \+6\.5 \(\+3\.0 to \+9\.0\) \| −1\.0 \(−1\.0 to −1\.0\) \| .* \| 3 \|$/);
    expect(rows[4]).toBe('| linear probe | +11.0 | – | – | 1 |');
    expect(text).toMatch(/\n\nMade by .*onnxruntime-node/);
    const { comparisons } = JSON.parse((await callCli(['compare', 'CLIP', '--results', results, '--json'])).stdout);
    expect(comparisons.map(({ b }: { b: string }) => b)).toEqual(['DGPrompt', 'MaPLe', 'linear probe']);
  });

  test('says why there is nothing to compare', async () => {
    const results = await folderOf([run('maple', 'a', 1, 1, 1), run('dgprompt', 'b', 2, 1, 1)]);
    const say = (...args: string[]) => callCli(['compare', ...args, '--results', results]);
    const apart = await say('maple', 'dgprompt');
    expect(apart.code).toBe(1);
    expect(apart.stderr).toContain(
      `MaPLe and DGPrompt have no task and seed in common in ${results}: MaPLe ran on a with seeds 1; DGPrompt ran on b with seeds 2.`,
    );
    expect(await say('mapel', 'dgprompt')).toMatchObject({ code: 2, stdout: '' });
    expect((await say('mapel', 'dgprompt')).stderr).toContain('Did you mean "maple"?');
    expect((await say('maple', 'maple')).stderr).toContain('the same method');
    expect((await say(results, 'maple')).stderr).toContain('name two methods or two folders');
    const other = await folderOf([run('coop', 'a', 1, 1, 1)]);
    const alone = await callCli(['compare', 'coop', '--results', other]);
    expect(alone.stderr).toContain(`No other method in ${other} ran on a task and seed of CoOp.`);
    expect((await say(results)).stderr).toContain('Name a second folder to compare');
    expect((await say('mapel')).stderr).toContain('Did you mean "maple"?');
    expect((await say('maple', 'dgprompt', '--out', 'x.csv')).stderr).toContain('Its ending must be .md');
    expect((await say(results, other)).stderr).toContain('have no run of the same protocol');
    expect((await say(results, tmpdir())).stderr).toContain(`There are no records in ${tmpdir()}`);
  });
});
