import { chmod, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../../testing/run-cli.js';
import type { RunStatus } from '../status.js';

let model: string;
let suite: string;
const { PATH } = process.env;
beforeAll(async () => {
  model = await tinyClip();
  suite = await tinySuite(['bright', 'dim']);
});
afterEach(() => {
  process.env.PATH = PATH;
});

const bench = (results: string, ...more: string[]) =>
  callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--shots', '2', '--epochs', '1'],
    ...['--threads', '1', '--methods', 'clip,coop', '--executor', 'slurm', ...more],
  ]);

test('without Slurm on the machine, the error is one clear line', async () => {
  process.env.PATH = '';
  const { code, stdout, stderr } = await bench('results');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    'error: Slurm is not installed here: sbatch was not found. Log in to a machine of the cluster.\n',
  );
});

test.each([
  [['--workers', '2'], '--workers needs --executor local'],
  [['--slurm', '--array=1'], '--slurm must not have --array=1'],
  [['--executor', 'local', '--slurm', '--time=1'], '--slurm has options for sbatch'],
  [['--executor', 'slrm'], 'Did you mean "slurm"?'],
])('%j is an error', async (more, hint) => {
  const { code, stderr } = await bench('results', ...more);
  expect(stderr).toContain(hint);
  expect(code).toBe(2);
});

/** Fake Slurm programs that log their arguments: `sbatch` counts jobs, `squeue` prints the file `queue`. */
async function pretendSlurm(maxArraySize: number) {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-slurm-'));
  const program = async (name: string, text: string) => {
    await writeFile(join(folder, name), `#!/bin/bash\ncd '${folder}'\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  };
  await program('sbatch', 'test "$1" = --version && exit; echo "$@" >> asked; echo $(wc -l < asked)');
  await program('scontrol', `echo 'MaxArraySize            = ${maxArraySize}'`);
  await program(
    'squeue',
    'cat queue 2>/dev/null || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }',
  );
  process.env.PATH = `${folder}:${PATH}`;
  const trouble = 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)';
  return {
    fails: (name: string) => program(name, `echo "${trouble}" >&2; exit 1`),
    queue: (text: string) => writeFile(join(folder, 'queue'), text),
    whenAsked: (command: string) => program('squeue', command),
    asked: async () => (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n'),
  };
}

describe.skipIf(process.platform === 'win32')('with a fake Slurm', () => {
  test('runs beyond the largest array go to a second one, and each task does its own run', async () => {
    const slurm = await pretendSlurm(3);
    const results = await mkdtemp(join(tmpdir(), 'dgprompt-results-'));
    const { code, stdout, stderr } = await bench(results, '--slurm', "--time=9 --comment='a b'");
    expect(code).toBe(0);
    expect(stderr).toMatch(/3 runs: Slurm job 1, tasks 0-2\n.*1 run: Slurm job 2, tasks 0\n/);
    expect(stdout).toContain('4 runs are submitted');
    const asked = await slurm.asked();
    expect(asked.map(line => line.replace(/\/\S*plans\/[0-9a-f]+/, 'PLAN'))).toEqual([
      ...['--parsable --time=9 --comment=a b PLAN.sh', '--parsable --time=9 --comment=a b PLAN+3.sh'],
    ]);
    const script = await readFile(asked[1]!.split(' ').at(-1)!, 'utf8');
    expect(script).toContain('#SBATCH --array=0\n');
    expect(script).toContain('run=$((SLURM_ARRAY_TASK_ID + 3))');
    expect((await readdir(join(results, 'plans'))).filter(name => name.endsWith('.slurm.json'))).toHaveLength(1);
  });

  test('runs that Slurm has are not submitted again, and lost ones are', async () => {
    const slurm = await pretendSlurm(1001);
    const results = await mkdtemp(join(tmpdir(), 'dgprompt-results-'));
    await bench(results);
    const lost = await callCli(['status', '--results', results]); // the state long after the job has ended
    expect(lost.stdout).toContain('4 runs: 0 done, 4 lost\n');
    await slurm.queue('1|0|RUNNING|node1\n1|3|PENDING|(Resources)\n');
    const status = await callCli(['status', '--results', results]);
    expect(status.stdout).toContain('4 runs: 0 done, 1 running, 1 queued, 2 lost');
    expect(status.stdout).toMatch(/Slurm job 1_1 no longer has it.*\n +output: .*-1\.log\n/);
    expect(status.stdout).toContain('1 queued (Resources)');
    const { stderr } = await bench(results);
    expect(stderr).toContain('2 runs: already in Slurm');
    expect(stderr).toContain('2 runs: Slurm job 2, tasks 0-1');
    await slurm.queue('1|0|RUNNING|node1\n1|3|PENDING|(Resources)\n2|0|RUNNING|node1\n2|1|RUNNING|node1\n');
    expect((await callCli(['status', '--results', results])).stdout).toContain('4 runs: 0 done, 3 running, 1 queued\n');
    await slurm.queue('');
    const { stdout } = await callCli(['status', '--results', results, '--json']);
    const last = (JSON.parse(stdout).runs as RunStatus[]).map(({ who }) => who).sort();
    expect(last).toEqual(['1_0', '1_3', '2_0', '2_1'].map(task => `Slurm job ${task}`));
  });

  test('runs that finish while Slurm is queried are done, and not submitted again', async () => {
    const slurm = await pretendSlurm(1001);
    const [results, elsewhere] = [await mkdtemp(join(tmpdir(), 'results-')), await mkdtemp(join(tmpdir(), 'other-'))];
    await bench(results);
    await bench(elsewhere, '--executor', 'local');
    await slurm.whenAsked(`cp -r '${elsewhere}'/base-to-new_*coop* '${results}'`);
    const { code, stdout, stderr } = await bench(results);
    expect([code, stderr]).toEqual([0, expect.stringContaining('2 runs: Slurm job 2, tasks 0-1')]);
    expect(stderr.match(/✓ \S+ +CoOp/g)).toHaveLength(2);
    expect(stdout).toContain('2 runs are submitted');
  });

  test('nothing is submitted while Slurm cannot list its jobs', async () => {
    const slurm = await pretendSlurm(1001);
    const results = await mkdtemp(join(tmpdir(), 'dgprompt-results-'));
    await bench(results);
    await slurm.fails('squeue');
    const { code, stderr } = await bench(results);
    expect(code).toBe(1);
    expect(stderr).toMatch(/dgprompt: Nothing was submitted: squeue failed: Unable to contact slurm controller/);
    expect(await slurm.asked()).toHaveLength(1);
  });
});
