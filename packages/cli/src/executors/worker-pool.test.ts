import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunRecord, readRecords } from '@dgprompt/bench';
import { runFiles } from '@dgprompt/bench/records';
import { runName } from '@dgprompt/bench/runs';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, expect, test } from 'vitest';
import { callCli, startCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
beforeAll(async () => {
  model = await tinyClip();
  suite = await tinySuite(['bright', 'dim']);
});

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-workers-'));
const args = (results: string, ...more: string[]) => [
  ...['bench', '--suite', suite, '--model', model, '--results', results],
  ...(more.includes('clip') ? [] : ['--epochs', '60']), // which CLIP refuses
  ...['--shots', '2', '--threads', '1', '--methods', 'clip,coop,maple', ...more],
];
const numbers = ({ tests, epochs }: RunRecord) => [tests, epochs.map(({ number, loss }) => [number, loss])];
const all = async (results: string) => (await readRecords(results)).records;

/** Ids of the worker processes that a process started. */
function workersOf(parent: number): number[] {
  const text = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  const rows = text.split('\n').map(line => line.trim().split(/\s+/));
  return rows
    .filter(([, ppid, ...command]) => Number(ppid) === parent && command.includes('work'))
    .map(([pid]) => Number(pid));
}

test('workers give the same numbers as one process, even if some are killed', async () => {
  const alone = await newFolder();
  const together = await newFolder();
  const undisturbed = await callCli(args(alone, '--json'));
  expect(undisturbed.code).toBe(0);
  const { child, ended } = startCli(args(together, '--workers', '2', '--json'));
  let killed = 0;
  const killer = setInterval(() => {
    const [worker] = killed < 3 ? workersOf(child.pid!) : [];
    if (worker === undefined) return;
    process.kill(worker, 'SIGKILL');
    killed++;
  });
  const { code, stdout } = await ended;
  clearInterval(killer);
  expect(killed).toBeGreaterThan(0);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).tables).toEqual(JSON.parse(undisturbed.stdout).tables);
  expect((await all(together)).map(numbers)).toEqual((await all(alone)).map(numbers));
});

test('two commands on one folder do no run twice', async () => {
  const results = await newFolder();
  const both = [startCli(args(results, '--json')), startCli(args(results, '--json'))];
  const [first, second] = await Promise.all(both.map(({ ended }) => ended));
  expect([first!.code, second!.code]).toEqual([0, 0]);
  expect(JSON.parse(first!.stdout).tables).toEqual(JSON.parse(second!.stdout).tables);
  for (const { config } of await all(results)) {
    const log = await readFile(join(results, runName(config), runFiles.log), 'utf8');
    expect(log.match(/ start: /g)).toHaveLength(1);
  }
});

test('a failed run keeps its error, and is repeated only with --retry-failed', async () => {
  const results = await newFolder();
  const task = ['--tasks', 'dim', '--methods', 'clip'];
  expect((await callCli(args(results, ...task))).code).toBe(0);
  const [record] = await all(results);
  const other = { ...record!.config, seed: 2 };
  const folder = join(results, runName(other));
  await mkdir(folder);
  await writeFile(join(folder, runFiles.error), JSON.stringify({ format: 1, config: other, message: 'lightning' }));
  const again = await callCli(args(results, ...task, '--seeds', '1,2'));
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('✗ dim, CLIP, seed 2: failed before: lightning');
  expect(again.stderr).toContain('add --retry-failed to retry it');
  expect((await callCli(args(results, ...task, '--seeds', '1,2', '--retry-failed'))).code).toBe(0);
  expect(await all(results)).toHaveLength(2);
});

test('an unwritable folder stops everything with one sentence', async () => {
  const results = join(await newFolder(), 'file');
  await writeFile(results, '');
  const { code, stderr } = await callCli(args(results, '--tasks', 'dim', '--methods', 'clip'));
  expect(code).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^dgprompt: Nothing can be written to .*file: a file is in the way/);
});

test('--dry-run lists the runs with an estimate and writes nothing', async () => {
  const results = join(await newFolder(), 'none');
  const { code, stdout } = await callCli(args(results, '--dry-run', '--json'));
  expect(code).toBe(0);
  const { runs, seconds, memoryBytes } = JSON.parse(stdout);
  expect(runs).toHaveLength(6);
  expect(runs[2]).toMatchObject({ task: 'bright', method: 'maple', shots: 2, seed: 1, state: 'to do' });
  expect(seconds).toBeGreaterThan(0);
  expect(memoryBytes).toBeGreaterThan(50e6);
  expect(await all(results)).toEqual([]);
});
