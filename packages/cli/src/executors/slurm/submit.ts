import { chmod } from 'node:fs/promises';
import type { BenchOptions, Planned, Runner, RunnerEvents } from '@dgprompt/bench';
import { findRecord } from '@dgprompt/bench/records';
import type { BenchSettings } from '@dgprompt/bench/runs';
import { findFailure, runName, storageError, writePlan } from '@dgprompt/bench/runs';
import { writeFileAtomic } from '@dgprompt/io';
import { thisCommand } from '../../terminal/this-command.js';
import { commandLine, sourceEnvironment } from '../command-line.js';
import { type ArrayPart, arrayParts, arrayRanges } from './array-parts.js';
import { arrayScript } from './array-script.js';
import { askSlurm } from './ask.js';
import { noteJob, outputOf } from './jobs.js';
import { slurmTool } from './tool.js';

/**
 * A runner that submits runs as tasks of one job array, or of as few arrays as the cluster's limit allows.
 * @param options of sbatch
 */
export const submitTo =
  (settings: BenchSettings, options: readonly string[]): Runner =>
  async (runs, events, bench) => {
    const waiting = await notYetTaken(runs, events, bench);
    if (waiting.length === 0) return;
    try {
      const { file } = await writePlan(settings, waiting, thisCommand(), process.argv.slice(2));
      const largest = await maxArraySize();
      for (const part of arrayParts([...waiting.keys()], largest)) {
        const job = await submitPart(file, part, options, bench);
        events.handedOver(
          part.tasks.map(task => waiting[part.first + task]!),
          `Slurm job ${job}, tasks ${arrayRanges(part.tasks)}`,
        );
      }
    } catch (error) {
      throw storageError(settings.results, error) ?? error;
    }
  };

/** The runs that Slurm does not have yet; earlier failures are included only when retrying. */
async function notYetTaken(
  runs: readonly Planned[],
  events: RunnerEvents,
  { results, retryFailed }: BenchOptions,
): Promise<Planned[]> {
  const taken = await askSlurm(results, new Set());
  if (taken.notes.length > 0) throw new Error(`Nothing was submitted: ${taken.notes[0]}`); // better than running twice
  const waiting: Planned[] = [];
  const already: Planned[] = [];
  for (const run of runs) {
    const known = taken.runs.get(runName(run.run.config));
    const record = known && (await findRecord(results, run.run.config)); // it may have ended before squeue was called
    const failure = retryFailed ? undefined : await findFailure(results, run.run.config);
    if (record) events.ended(run, { record });
    else if (known?.state === 'queued' || known?.state === 'running') already.push(run);
    else if (failure) events.ended(run, { failure, before: true });
    else waiting.push(run);
  }
  if (already.length > 0) events.handedOver(already, 'already in Slurm');
  return waiting;
}

async function submitPart(
  planFile: string,
  part: ArrayPart,
  options: readonly string[],
  { retryFailed }: BenchOptions,
): Promise<string> {
  const log = outputOf(planFile, part.first);
  const script = `${log}.sh`;
  const work = commandLine(['work', planFile, ...(retryFailed ? ['--retry-failed'] : [])]);
  await writeFileAtomic(script, arrayScript({ ...part, work, environment: sourceEnvironment(), log }));
  await chmod(script, 0o755);
  const answer = await slurmTool('sbatch', ['--parsable', ...options, script]);
  const [id, cluster] = answer.trim().split('\n').at(-1)!.split(';');
  await noteJob(planFile, { id: id!, cluster: cluster || undefined, ...part, submittedAt: new Date().toISOString() });
  return id!;
}

async function maxArraySize(): Promise<number> {
  const config = await slurmTool('scontrol', ['show', 'config']);
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001);
  if (size < 1) throw new Error('This Slurm does not allow job arrays (MaxArraySize is 0); ask its administrators.');
  return size;
}
