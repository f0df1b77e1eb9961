import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { writeRecord } from '@dgprompt/bench/records';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { miniClip } from '@dgprompt/pictograms';
import { beforeAll, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let root: string;
let suite: string;
let module: string;
let marker: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-data-'));
  suite = await tinySuite(['bright', 'dim']);
  marker = join(root, 'was-run');
  module = join(root, 'evil.mjs');
  await writeFile(module, `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker)}, '');`);
});

test('nothing that a record, a plan or a saved run names is imported, opened or fetched', async () => {
  const results = join(root, 'hostile');
  const records = [
    sampleRecord({ method: `${module}:x` }, 50, 50),
    sampleRecord({ protocol: module }, 50, 50),
    sampleRecord({ suite: root, task: 'dim' }, 50, 50),
    sampleRecord({ task: '../../etc' }, 50, 50),
    sampleRecord({ backend: module }, 50, 50),
  ];
  const folders: string[] = [];
  for (const record of records) {
    const folder = await writeRecord(results, { ...record, checkpoint: 'checkpoint' });
    await mkdir(join(folder, 'checkpoint'));
    const task = { protocol: 'few-shot', shots: 1, images: 1, dataset: '', templates: ['{}'] };
    const clip = { id: 'x', source: 'evil/model' };
    const run = {
      format: 1,
      method: module,
      options: {},
      recipe: {},
      task,
      seed: 1,
      classNames: ['a'],
      clip,
      versions: {},
    };
    await writeFile(join(folder, 'checkpoint', 'run.json'), JSON.stringify(run));
    const images = [join(suite, 'dim', 'red', '0.png'), '/etc/passwd', module];
    const predictions = { base: { images, labels: [0, 0, 0], predicted: [0, 0, 0], classNames: ['a'] } };
    await writeFile(join(folder, 'predictions.json'), JSON.stringify(predictions));
    folders.push(folder);
  }
  await mkdir(join(results, 'plans'));
  const plan = { format: 1, created: '2026', settings: {}, command: 'rm -rf ~; dgprompt bench', runs: [] };
  const runs = [{ index: 0, name: 'a-run', task: 'a', method: 'clip', shots: 1, seed: 1 }];
  await writeFile(join(results, 'plans', '0a.json'), JSON.stringify({ ...plan, runs }));
  await writeFile(join(results, 'plans', '0b.json'), JSON.stringify({ ...plan, runs: [{ ...runs[0], name: '../x' }] }));
  const status = await callCli(['status', '--results', results]);
  expect(status.stdout).not.toContain('rm -rf');
  expect(status.stderr).toContain('0b.json is not a plan of runs');
  expect((await callCli(['table', '--results', results])).code).toBe(0);
  const out = join(root, 'report.html');
  expect((await callCli(['report', '--results', results, '--out', out])).code).toBe(0);
  expect(await readFile(out, 'utf8')).not.toContain('data:image');
  for (const folder of folders) {
    const { code, stderr } = await callCli(['repeat', folder]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/\n$/);
  }
  expect(existsSync(marker)).toBe(false);
});

test('a damaged plan, error, archive, prediction or job list is named and skipped, and stops nothing', async () => {
  const results = join(root, 'damaged');
  const folder = await writeRecord(results, sampleRecord({}, 50, 50));
  await writeFile(join(folder, 'predictions.json'), '[[[[');
  await mkdir(join(results, 'failed-run'));
  await writeFile(join(results, 'failed-run', 'error.json'), '{"message": 7}');
  await mkdir(join(results, 'odd-run', 'checkpoint'), { recursive: true });
  await writeFile(join(results, 'odd-run', 'record.json'), '{"format": 3, "config": null}');
  await writeFile(join(results, 'odd-run', 'checkpoint', 'run.json'), 'null');
  await writeFile(join(results, 'records.jsonl.gz'), 'no gzip');
  await mkdir(join(results, 'plans'));
  await writeFile(join(results, 'plans', '0c.json'), '{"format": 1, "runs": [null]}');
  const good = { format: 1, created: '2026', settings: {}, command: 'dgprompt bench', runs: [] };
  await writeFile(join(results, 'plans', '0d.json'), JSON.stringify(good));
  await writeFile(join(results, 'plans', '0d.slurm.json'), '{"format": 1, "jobs": [{"id": "1 --evil"}]}');
  for (const args of [['table'], ['status'], ['report', '--out', join(root, 'damaged.html')]]) {
    const { code, stderr } = await callCli([...args, '--results', results]);
    expect([args[0], code]).toEqual([args[0], 0]);
    expect(stderr).toContain('odd-run');
    expect(stderr).toContain('records.jsonl.gz');
    if (args[0] !== 'status') continue;
    expect(stderr).toContain('0c.json is not a plan of runs');
    expect(stderr).toContain('0d.slurm.json is not a list of Slurm jobs');
  }
});

test('a missing dataset is one line, and a dry run with an impossible run exits with 1', async () => {
  const data = ['--suite', 'paper', '--root', join(root, 'none'), '--tasks', 'dtd', '--model', miniClip];
  const args = ['bench', ...data, '--methods', 'clip,coop', '--seeds', '1,2,3', '--results', join(root, 'absent')];
  const run = await callCli(args);
  expect(run.code).toBe(1);
  expect(run.stderr.match(/✗/g)).toHaveLength(1);
  expect(run.stderr).toContain('dtd, all 6 runs: ');
  const dry = await callCli([...args, '--dry-run']);
  expect(dry.code).toBe(1);
  expect(dry.stderr.match(/✗/g)).toHaveLength(1);
});

test('train skips broken images on request, and a classifier finds the mini-CLIP wherever it was', async () => {
  const images = join(root, 'images');
  await cp(join(suite, 'dim'), images, { recursive: true });
  for (const name of await readdir(images)) await writeFile(join(images, name, '0.png'), 'broken');
  const out = join(root, 'classifier');
  const quick = ['--method', 'coop:tokens=2', '--epochs', '1', '--augment', 'none', '--threads', '1'];
  expect((await callCli(['train', images, '--out', out, ...quick])).code).toBe(1);
  await rm(out, { recursive: true, force: true });
  const trained = await callCli(['train', images, '--out', out, ...quick, '--skip-broken']);
  expect(trained.code).toBe(0);
  expect(trained.stderr.match(/skipped: /g)).toHaveLength(4);
  const file = join(out, 'run.json');
  const run = JSON.parse(await readFile(file, 'utf8'));
  // a different CLIP is at the recorded place
  await writeFile(file, JSON.stringify({ ...run, clip: { ...run.clip, source: await tinyClip() } }));
  const { code, stderr } = await callCli(['predict', out, join(images, 'red', '1.png'), '--threads', '1']);
  expect([code, stderr]).toEqual([0, '']);
  expect((await readRecords(join(root, 'absent'))).records).toEqual([]);
});
