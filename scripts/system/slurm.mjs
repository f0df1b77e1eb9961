import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';
import { slurmCluster, until } from '../slurm-cluster.mjs';

/** Runs that finish at once, and runs that last long enough to be killed after a checkpoint. */
const benchOf = tasks => [
  ...['bench', '--tasks', tasks, '--methods', 'clip,coop:epochs=50', '--seeds', '1,2'],
  ...['--threads', '1', '--json'],
];
const long = { bench: benchOf('weather,play,clothing'), runCount: 12 };
const short = { bench: benchOf('weather,clothing'), runCount: 8 };

/**
 * `--executor slurm` on a real slurmctld and slurmd: a job array with tasks that are killed, lost with their node, or
 * cancelled.
 */
export const slurm = {
  name: 'Slurm',
  async run({ full }) {
    const cluster = await slurmCluster({ cpus: 2 });
    if (typeof cluster === 'string') return cluster;
    const folder = mkdtempSync(join(tmpdir(), 'dgprompt slurm '));
    const counts = { passed: 0, failed: 0, skipped: 0 };
    try {
      if ((await turbo(['build'], ['--filter=dgprompt'], { quiet: true })) !== 0) throw new Error('no build');
      const context = { ...cluster, ...(full ? long : short), folder, results: join(folder, 'slurm'), jobs: [] };
      for (const [name, step] of Object.entries(steps)) {
        const started = Date.now();
        const said = await step(context).catch(error => error);
        const failed = said instanceof Error;
        const about = failed ? `: ${said.message}` : ` (${((Date.now() - started) / 1000).toFixed(0)} s)`;
        console.log(`${failed ? 'failed' : 'passed'}  ${name}${about}`);
        counts[failed ? 'failed' : 'passed']++;
        if (failed) break; // each step depends on the one before
      }
    } finally {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    return counts;
  },
};

/** One after another, on the same results folder. */
const steps = {
  async 'a bench becomes one job array, and status finds all of its runs'(at) {
    const said = JSON.parse(await dgprompt(at, ...at.bench, '--results', at.results, ...viaSlurm));
    equal(said.handedOver, at.runCount, 'runs handed over');
    const [array] = submitted(at);
    equal(array.tasks.length, at.runCount, 'tasks of the array');
    const { counts } = await status(at);
    equal(counts.queued + counts.running + counts.done, at.runCount, 'runs that Slurm or a record knows');
    const again = JSON.parse(await dgprompt(at, ...at.bench, '--results', at.results, ...viaSlurm));
    equal(again.handedOver + counts.done >= at.runCount - 2, true, 'the same command waits for the same runs');
    equal(submitted(at).length, 1, 'arrays after the same command again');
  },

  async 'a run whose process is killed is requeued'(at) {
    at.killed = await runWithCheckpoint(at);
    process.kill(at.killed.owner.pid, 'SIGKILL');
    await until(async () => (await stateOf(at, at.killed.name)).state === 'queued');
  },

  async 'runs lost with their node are requeued'(at) {
    at.lost = await runWithCheckpoint(at, at.killed.name);
    await at.loseNode();
    await until(async () => (await stateOf(at, at.lost.name)).state === 'queued');
    await at.startNode();
  },

  async 'a cancelled run is reported as lost, and the same command submits only that run'(at) {
    await release(at);
    at.cancelled = await runWithCheckpoint(at);
    await at.slurm('scancel', at.cancelled.job);
    await until(async () => (await stateOf(at, at.cancelled.name)).state === 'lost');
    const text = await dgprompt(at, 'status', '--results', at.results);
    equal(text.includes(`${at.cancelled.job} no longer has it`), true, 'status names the lost job');
    await dgprompt(at, ...at.bench, '--results', at.results, ...viaSlurm);
    equal(submitted(at)[1]?.tasks.length, 1, 'tasks of the second array');
  },

  async 'all runs end, and those resumed from their checkpoints'(at) {
    await until(async () => {
      await release(at);
      const { counts } = await status(at);
      if (counts.failed > 0) throw new Error(`${counts.failed} runs failed`);
      return counts.done === at.runCount;
    }, 600);
    for (const { name } of [at.killed, at.lost, at.cancelled]) {
      const log = readFileSync(join(at.results, name, 'log.txt'), 'utf8');
      if (!/resumes after epoch \d+ from its checkpoint/.test(log)) throw new Error(`${name} began anew`);
    }
  },

  async 'records and table match --workers 2, bit for bit'(at) {
    const other = join(at.folder, 'workers');
    const local = JSON.parse(await dgprompt(at, ...at.bench, '--results', other, '--workers', '2'));
    const queued = JSON.parse(await dgprompt(at, ...at.bench, '--results', at.results, ...viaSlurm));
    equal(queued.handedOver, 0, 'runs left');
    equal(local.tables.length, 1, 'tables');
    equal(JSON.stringify(queued.tables), JSON.stringify(local.tables), 'the table');
    const names = readdirSync(other).filter(name => existsSync(join(other, name, 'record.json')));
    equal(names.length, at.runCount, 'records');
    for (const name of names) {
      const [one, two] = [other, at.results].map(results => measured(join(results, name)));
      equal(two, one, name);
    }
  },
};

const viaSlurm = ['--executor', 'slurm', '--slurm', "--partition=test --comment='twelve runs'"];

async function dgprompt({ env }, ...args) {
  const program = join(root, 'packages', 'cli', 'dist', 'main.js');
  const { code, output, stdout } = await run(process.execPath, [program, ...args], { capture: true, env });
  if (code === 130) process.exit(130);
  if (code !== 0) throw new Error(`dgprompt ${args[0]} ended with ${code}: ${output.trim().split('\n').at(-1)}`);
  return stdout;
}

const status = async at => JSON.parse(await dgprompt(at, 'status', '--results', at.results, '--json'));

const stateOf = async (at, name) => (await status(at)).runs.find(one => one.name === name);

/** The jobs submitted so far, oldest first. */
const submitted = ({ results }) =>
  readdirSync(join(results, 'plans'))
    .filter(name => name.endsWith('.slurm.json'))
    .flatMap(name => JSON.parse(readFileSync(join(results, 'plans', name), 'utf8')).jobs)
    .sort((a, b) => a.id - b.id);

/** A running run with a checkpoint: its name, process and job. */
async function runWithCheckpoint(at, otherThan) {
  let found;
  await until(async () => {
    const { runs } = await status(at);
    for (const { name, state, who } of runs) {
      const owner = join(at.results, name, 'owner.json');
      const checkpoint = existsSync(join(at.results, name, 'checkpoint', 'prompts.safetensors'));
      if (state !== 'running' || name === otherThan || !checkpoint || !existsSync(owner)) continue;
      found = { name, owner: JSON.parse(readFileSync(owner, 'utf8')), job: who.replace('Slurm job ', '') };
      return true;
    }
    return false;
  }, 180);
  return found;
}

/** Releases requeued tasks at once, which Slurm would delay for two minutes. */
async function release({ slurm }) {
  const waiting = await slurm('squeue', '--noheader', '--array', '--states=PENDING', '--format=%i|%r');
  for (const line of waiting.split('\n')) {
    const [job, reason] = line.split('|');
    if (reason === 'BeginTime') await slurm('scontrol', 'update', `JobId=${job}`, 'StartTime=now').catch(() => {});
  }
  await sleep(500);
}

/** A run's measurements, without times and the machine's name. */
function measured(folder) {
  const { config, tests, epochs } = JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'));
  const learned = epochs.map(({ number, loss, learningRate }) => ({ number, loss, learningRate }));
  const predictions = readFileSync(join(folder, 'predictions.json'), 'utf8');
  return JSON.stringify({ config, tests, learned, predictions });
}

function equal(actual, expected, what) {
  if (actual !== expected)
    throw new Error(`${what}: ${String(actual).slice(0, 200)} instead of ${String(expected).slice(0, 200)}`);
}
