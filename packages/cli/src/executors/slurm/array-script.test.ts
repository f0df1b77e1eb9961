import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrayScript } from './array-script.js';

const plain = { first: 0, tasks: [0], work: ['dgprompt', 'work', 'plan.json'], log: '/results/plans/1a2b' };

describe('the sbatch script', () => {
  test('is one array with one run per task, restartable and appending to its log', () => {
    const lines = arrayScript({ ...plain, tasks: [0, 1, 2, 5] }).split('\n');
    expect(lines[0]).toBe('#!/bin/bash');
    expect(lines).toContain('#SBATCH --array=0-2,5');
    expect(lines).toContain('#SBATCH --requeue');
    expect(lines).toContain('#SBATCH --open-mode=append');
    expect(lines).toContain('#SBATCH --output="/results/plans/1a2b-%a.log"');
  });

  test('escapes a percent sign or a quote in the folder’s name', () => {
    const script = arrayScript({ ...plain, log: '/50%all "mine"/plans/1a2b' });
    expect(script).toContain('#SBATCH --output="/50%%all \\"mine\\"/plans/1a2b-%a.log"');
  });
});

/** Runs the script as a task would; `program` stands in for the run, and `asked` holds the calls to Slurm. */
async function asTask(
  program: string,
  { restarts, signal, seconds }: { restarts?: number; signal?: NodeJS.Signals; seconds?: number } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt array-'));
  const file = (name: string) => join(folder, name);
  await writeFile(file('scontrol'), `#!/bin/bash\necho "$@" >> '${file('asked')}'\nexit 1\n`, { mode: 0o755 });
  await writeFile(file('the run'), `#!/bin/bash\n${program}\n`, { mode: 0o755 });
  await writeFile(file('asked'), '');
  const environment = { GREETING: "it's" };
  await writeFile(file('script'), arrayScript({ ...plain, first: 1000, work: [file('the run'), 'a b'], environment }));
  const child = spawn('bash', [file('script')], {
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: '3',
      ...(restarts && { SLURM_RESTART_COUNT: String(restarts) }),
      ...(seconds && { SECONDS: String(seconds) }), // bash counts on from this value
    },
  });
  let output = '';
  child.stdout.on('data', data => {
    output += data;
    if (signal && String(data).includes('ready')) child.kill(signal);
  });
  const code = await new Promise(resolve => child.once('close', resolve));
  return { code, output, asked: (await readFile(file('asked'), 'utf8')).trim() };
}

describe.skipIf(process.platform === 'win32')('a task', () => {
  test('does the run of its number and array', async () => {
    const { code, output, asked } = await asTask('echo "$GREETING: $1, $2 $3"');
    expect(output).toContain("it's: a b, --run 1003");
    expect({ code, asked }).toEqual({ code: 0, asked: '' });
  });

  test('is requeued when its process is killed', async () => {
    const { code, output, asked } = await asTask('kill -KILL $$');
    expect({ code, asked }).toEqual({ code: 137, asked: 'requeue 7_3' });
    expect(output).toContain('signal 9 killed its process');
  });

  test('is requeued at most three times', async () => {
    expect(await asTask('kill -KILL $$', { restarts: 2 })).toMatchObject({ asked: 'requeue 7_3' });
    expect(await asTask('kill -KILL $$', { restarts: 3 })).toMatchObject({ asked: '', code: 137 });
  });

  test.each([1, 2, 127])('stays failed with exit code %d', async status => {
    expect(await asTask(`exit ${status}`)).toMatchObject({ code: status, asked: '' });
  });

  const stoppable =
    'trap "sleep 0.3; echo checkpoint; exit 130" TERM; echo ready; for i in {1..50}; do sleep 0.1; done';

  test('waits for the checkpoint when cancelled, and is not requeued', async () => {
    // As in Slurm: every process of the task gets the signal, not only the shell.
    const both = `trap "sleep 0.3; echo checkpoint; exit 130" TERM; kill -TERM $PPID; kill -TERM $$; sleep 5`;
    const { code, output, asked } = await asTask(both);
    expect({ code, asked }).toEqual({ code: 130, asked: '' });
    expect(output).toContain('checkpoint');
  });

  test('is not requeued when cancelled before its process can save a checkpoint', async () => {
    expect(await asTask('kill -TERM $PPID; kill -TERM $$; sleep 5')).toMatchObject({ asked: '' });
  });

  test('is not requeued if only its process gets a stop signal', async () => {
    expect(await asTask('exit 130')).toMatchObject({ code: 130, asked: '' });
  });

  test('saves its checkpoint at the time limit and is requeued', async () => {
    const { code, output, asked } = await asTask(stoppable, { signal: 'SIGUSR1', seconds: 90, restarts: 9 });
    expect(output).toContain('checkpoint');
    expect({ code, asked }).toEqual({ code: 130, asked: 'requeue 7_3' });
  });

  test('is not requeued if the time limit is too short for any progress, and says so', async () => {
    const { code, output, asked } = await asTask(stoppable, { signal: 'SIGUSR1' });
    expect(output).toContain('the time limit is too short');
    expect({ code, asked }).toEqual({ code: 130, asked: '' });
  });
});
