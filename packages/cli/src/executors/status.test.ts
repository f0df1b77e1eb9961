import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFiles, writeRecord } from '@dgprompt/bench/records';
import type { PlanFile } from '@dgprompt/bench/runs';
import { runName, takeRun } from '@dgprompt/bench/runs';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';
import { noteJob } from './slurm/jobs.js';
import { mergeAnswers, type RunStatus, stateOf } from './status.js';

describe('the state that evidence implies', () => {
  const queued = { state: 'queued', who: '' } as const;
  const gone = { state: 'gone', who: '' } as const;
  test.each([
    ['a record, whatever else is present', { done: true, failure: 'x', known: queued }, 'done'],
    ['a queued run that failed before', { done: false, failure: 'x', known: queued }, 'queued'],
    ['an error from an executor that no longer has it', { done: false, failure: 'x', known: gone }, 'failed'],
    ['an executor that no longer has it', { done: false, known: gone }, 'lost'],
    ['an executor that does not answer', { done: false, known: { state: 'unknown', who: '' } }, 'unknown'],
    ['a checkpoint that no process resumes', { done: false, resumable: true }, 'stopped'],
    ['nothing', { done: false }, 'waiting'],
  ] as const)('%s', (_, evidence, state) => {
    expect(stateOf(evidence)).toBe(state);
  });
});

test('if two executors know a run, the one that has it takes precedence', () => {
  type State = 'gone' | 'running' | 'queued';
  const knows = (state: State) => ({ runs: new Map([['a', { state, who: '' }]]), notes: [] });
  const both = (one: State, two: State) => mergeAnswers([knows(one), knows(two)]).runs.get('a')?.state;
  expect(both('gone', 'running')).toBe('running');
  expect(both('queued', 'gone')).toBe('queued');
  expect(both('queued', 'running')).toBe('queued'); // requeued, and its lock has not expired yet
});

/** A results folder with planned runs, each in the state that its method is named after. */
async function resultsFolder(...methods: string[]) {
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-status-'));
  const records = methods.map(method => sampleRecord({ method }, 50, 50));
  const runs = records.map(({ config }, index) => ({
    index,
    name: runName(config),
    task: config.task,
    method: config.method,
    shots: 16,
    seed: 1,
  }));
  const plan = { format: 1 as const, created: '2026-01-01', settings: {}, command: 'dgprompt bench --epochs 3', runs };
  await mkdir(join(results, 'plans'));
  const planFile = join(results, 'plans', '0a1b2c.json');
  await writeFile(planFile, JSON.stringify(plan satisfies Omit<PlanFile, 'settings'> & { settings: unknown }));
  for (const { name } of runs) await mkdir(join(results, name));
  const folder = (method: string) => join(results, runs.find(run => run.method === method)!.name);
  const record = (method: string) => writeRecord(results, records[methods.indexOf(method)]!);
  return { results, planFile, runs, folder, record };
}

async function statesOf(results: string): Promise<Record<string, string>> {
  const { stdout, code } = await callCli(['status', '--results', results, '--json']);
  expect(code).toBe(0);
  const { runs } = JSON.parse(stdout) as { runs: RunStatus[] };
  return Object.fromEntries(runs.map(run => [run.method ?? run.name, run.state]));
}

describe('dgprompt status, from plans, records, errors and locks alone', () => {
  test('distinguishes the states, and prints the command that resumes', async () => {
    const { results, folder, record } = await resultsFolder('done', 'running', 'failed', 'lost', 'waiting');
    await record('done');
    const { config } = sampleRecord({ method: 'failed' }, 0, 0);
    await writeFile(join(folder('failed'), runFiles.error), JSON.stringify({ format: 1, config, message: 'No luck.' }));
    const taken = await takeRun(folder('running'));
    const gone = { host: hostname(), pid: 2 ** 22 + 1, startedAt: '2026-01-01' };
    await writeFile(join(folder('lost'), runFiles.owner), JSON.stringify(gone));
    const states = ['done', 'running', 'failed', 'lost', 'waiting'];
    expect(await statesOf(results)).toEqual(Object.fromEntries(states.map(state => [state, state])));
    const { stdout } = await callCli(['status', '--results', results]);
    expect(stdout).toContain('5 runs: 1 done, 1 running, 1 failed, 1 lost, 1 to do');
    expect(stdout).toContain(`running: process ${process.pid} on ${hostname()}`);
    expect(stdout).toContain('failed, 16 shots, seed 1  No luck.');
    expect(stdout).toContain(`process ${gone.pid} on ${gone.host} no longer has it`);
    expect(stdout).toContain('To resume (add --retry-failed for failed runs):\n  dgprompt bench --epochs 3\n');
    if ('release' in taken) await taken.release();
    expect(await statesOf(results)).toMatchObject({ running: 'waiting' });
  });

  test('finds runs that no plan lists', async () => {
    const { results, planFile, record } = await resultsFolder('done');
    await record('done');
    await writeFile(planFile, 'cut off');
    expect(await statesOf(results)).toEqual({ done: 'done' });
  });

  test('an edited record does not count as done, and is reported', async () => {
    const { results, folder, record } = await resultsFolder('clip');
    await record('clip');
    await writeFile(join(folder('clip'), runFiles.record), '{"format": 2');
    const { stdout, stderr } = await callCli(['status', '--results', results]);
    expect(stdout).toContain('1 run: 0 done, 1 to do');
    expect(stderr).toContain('counts as not done: record.json is truncated or not JSON');
  });

  test('says what to do if there are no runs', async () => {
    const { code, stderr } = await callCli(['status', '--results', '/no/such/folder']);
    expect(code).toBe(1);
    expect(stderr).toContain('There are no runs in /no/such/folder.');
  });

  test('if Slurm cannot be asked, its runs are unknown, and records still count', async () => {
    const { results, planFile, record } = await resultsFolder('clip', 'coop', 'maple');
    const job = { first: 0, tasks: [0, 1], submittedAt: '2026-01-01' };
    await noteJob(planFile, { id: '7', ...job });
    await record('clip');
    const { PATH } = process.env;
    process.env.PATH = '';
    try {
      expect(await statesOf(results)).toEqual({ clip: 'done', coop: 'unknown', maple: 'waiting' });
      const { stderr } = await callCli(['status', '--results', results]);
      expect(stderr).toMatch(/^Slurm is not installed here: squeue was not found\..*not known\.\n$/);
    } finally {
      process.env.PATH = PATH;
    }
  });
});
