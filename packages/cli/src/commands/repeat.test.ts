import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { writeRecord } from '@dgprompt/bench/records';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
let results: string;
beforeAll(async () => {
  [model, suite] = [await tinyClip(), await tinySuite(['bright', 'dim'])];
  results = await mkdtemp(join(tmpdir(), 'dgprompt-repeat-'));
  const { code } = await callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--threads', '1', '--seeds', '2'],
    ...['--shots', '2', '--epochs', '2', '--methods', 'maple:depth=2+lr=0.01', '--validate', '--tasks', 'dim'],
  ]);
  expect(code).toBe(0);
});

const folder = async () => join(results, (await readdir(results)).find(name => name.startsWith('base-to-new'))!);
const repeat = async (...more: string[]) =>
  callCli(['repeat', await folder(), '--suite', suite, '--model', model, ...more]);

test('a run repeats to the same bits: losses, tests and learned prompts', async () => {
  const { code, stdout } = await repeat();
  expect(stdout).toMatch(/^✓ Bit-identical: 2 epochs and base \d+\.\d, new \d+\.\d/);
  expect(code).toBe(0);
});

test('the record’s file works as well as its folder, and the answer can be JSON', async () => {
  const { code, stdout } = await callCli([
    'repeat',
    join(await folder(), 'record.json'),
    '--suite',
    suite,
    '--model',
    model,
    '--json',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ identical: true, differences: [], environment: [] });
});

test('differences are reported, with exit code 1', async () => {
  const { records } = await readRecords(results);
  const elsewhere = await mkdtemp(join(tmpdir(), 'dgprompt-repeat-'));
  const [record] = records as [(typeof records)[number]];
  const epochs = record.epochs.map(epoch => ({ ...epoch, loss: epoch.loss + 1e-9 }));
  const other = await writeRecord(elsewhere, { ...record, epochs, versions: { ...record.versions, node: '1.2.3' } });
  const { code, stdout } = await callCli(['repeat', other, '--suite', suite, '--model', model]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ Not identical: the loss of epoch 1 was /);
  expect(stdout).toContain('Changed since then: node 1.2.3 → ');
});

test('a suite’s own name may end like that of a search', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'dgprompt-repeat-'));
  const own = join(parent, 'own-validation');
  await cp(suite, own, { recursive: true });
  const where = ['--suite', own, '--model', model];
  const results = join(parent, 'results');
  await callCli(['bench', ...where, '--results', results, '--shots', '2', '--methods', 'clip', '--tasks', 'dim']);
  const [run] = (await readdir(results)).filter(name => name.startsWith('base-to-new'));
  expect((await callCli(['repeat', join(results, run!), ...where])).stdout).toMatch(/^✓ Bit-identical/);
});

test('another CLIP, another folder and a folder without a record are one line each', async () => {
  const clip = await callCli(['repeat', await folder(), '--suite', suite]);
  expect(clip.code).toBe(1);
  expect(clip.stderr).toMatch(/This run's CLIP has the hash [0-9a-f]{12}….*--model/);
  const other = await tinySuite(['bright', 'dim'], 5);
  const data = await callCli(['repeat', await folder(), '--suite', other, '--model', model]);
  expect(data.stderr).toContain('because its data has changed');
  const none = await callCli(['repeat', suite]);
  expect(none.stderr).toContain('has no record.json');
});

test('a finished run keeps the learned prompts and drops what only resuming needs', async () => {
  const kept = await readdir(join(await folder(), 'checkpoint'));
  expect(kept.sort()).toEqual(['epochs.json', 'prompts.safetensors', 'run.json']);
});

test('the log of a run has a timestamp on every event', async () => {
  const log = await readFile(join(await folder(), 'log.txt'), 'utf8');
  expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z start: \{"protocol":"base-to-new"/);
  expect(log).toMatch(/Z epoch 2: loss \d+\.\d{4}, learning rate [\d.e-]+, \d+\.\d\d % on validation images/);
  expect(log).toMatch(/Z done in \d+\.\d s, with at most \d+ MB of memory\n$/);
});
