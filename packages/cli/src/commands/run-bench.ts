import { availableParallelism } from 'node:os';
import { type BenchOptions, type BenchResult, bench, comparable } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { type Opened, openSettings, plannedCount } from '@dgprompt/bench/runs';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { profileSessions, readProfiles } from '@dgprompt/engine/profile';
import type { Command } from 'commander';
import pc from 'picocolors';
import { executors } from '../executors/all.js';
import { cachedViewsOf } from '../options.js';
import { benchReport } from '../terminal/bench-report.js';
import { interrupted } from '../terminal/interrupt.js';
import { loadModel } from '../terminal/load-model.js';
import { profileText } from '../terminal/profile-text.js';
import { jsonReporter, reporter } from '../terminal/reporter.js';
import { sameCommand } from '../terminal/same-command.js';
import { showTables } from '../terminal/show-tables.js';
import { quoted, thisCommand } from '../terminal/this-command.js';
import type { BenchCommandOptions } from './bench-command.js';
import { dryRun } from './dry-run.js';

/** Looks up what was asked for, runs it, shows the table and says how to go on. */
export async function runBench(given: BenchCommandOptions, command: Command): Promise<void> {
  const { workers, slurm, dryRun: onlyList, retryFailed, out, profile, json, ...rest } = given;
  const { executor: executorName, ...asked } = rest;
  const settings = { ...asked, cacheFeatures: cachedViewsOf(given.cacheFeatures), threads: threadsOf(given) };
  const { shots, seeds, epochs, cacheFeatures, validate, skipBroken } = settings;
  const { cache, results, device, threads, backend, precision } = settings;
  const executor = executors[executorName];
  const opened = await executor
    .check(settings, { workers, slurm })
    .then(() => openSettings(settings))
    .catch((error: Error) => command.error(`error: ${error.message}`, { exitCode: 2 }));
  if (profile !== undefined && (workers > 1 || executorName !== 'local'))
    command.error('error: --profile is of runs in this process; leave out --workers and --executor', { exitCode: 2 });
  const report = json ? jsonReporter() : reporter();
  const interrupt = interrupted();
  interrupt.signal.addEventListener('abort', () => report.line('  Stopping; Ctrl-C again stops at once.'));
  const here = executor === executors.local;
  await useDevice(here ? { device, threads, backend, precision } : { threads, backend }); // to plan, one needs no GPU
  const clip: Clip = await loadModel(settings.model);
  const severalShots = (shots ?? opened.protocol.shots).length > 1;
  const options: BenchOptions = {
    ...{ clip, ...opened, seeds, epochs, cacheFeatures, validate, skipBroken },
    ...{ cache, results, device, threads, backend, precision },
    ...(shots && { shots }),
    ...{ retryFailed, onEvent: benchReport(report, severalShots), signal: interrupt.signal },
    runner: executor.runner(settings, { workers, slurm }),
  };
  const planned = plannedCount(options);
  report.line(heading(opened, planned, { ...given, ...settings }));
  const started = performance.now();
  const end = () => {
    report.stop();
    clip.dispose();
    interrupt.release();
  };
  if (onlyList) return dryRun(options, { json, workers, reporter: report }).finally(end);
  profileSessions(profile === undefined ? undefined : { folder: profile });
  const outcome = await bench(options).finally(end);
  report.line('');
  if (outcome.handedOver > 0 && !json) {
    process.stdout.write(followUp(outcome, results));
    return conclude(outcome, results, planned);
  }
  const failed = outcome.failed.map(({ error, ...failure }) => ({ ...failure, error: error.message }));
  await showTables(comparable(outcome.records), {
    ...{ results, out, json, command: thisCommand() },
    ...(outcome.records.length > outcome.found && { seconds: (performance.now() - started) / 1000 }),
    more: { failed, handedOver: outcome.handedOver, stopped: outcome.stopped },
  });
  if (profile !== undefined) process.stderr.write(`\n${profileText(readProfiles(profile))}\n`);
  conclude(outcome, results, planned);
}

/** Several processes share the cores, unless the threads are named: the number is part of every run's config. */
function threadsOf({ threads = 0, workers }: BenchCommandOptions): number {
  return workers > 1 && threads === 0 ? Math.max(1, Math.floor(availableParallelism() / workers)) : threads;
}

function heading(
  { suite, protocol, tasks, sources, methods }: Opened,
  planned: number,
  settings: BenchCommandOptions,
): string {
  const { seeds, device, threads, precision, workers, executor, shots = protocol.shots } = settings;
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  const where =
    device === 'cpu'
      ? `cpu, ${threads === 0 ? 'a thread a core' : `threads: ${threads}`}`
      : `${device}${precision === 'fp16' ? ', fp16' : ''}`;
  const name = `${protocol.name[0]!.toUpperCase()}${protocol.name.slice(1)}`;
  const data = sources ? `from ${sources.join(', ')}` : `${tasks.length} task${tasks.length > 1 ? 's' : ''}`;
  const at = executor === 'slurm' ? ', in Slurm' : workers > 1 ? `, ${workers} at a time` : '';
  return [
    pc.bold(`${name} on ${suite.name}: ${methods.map(({ id }) => methodTitle(id)).join(', ')}`),
    `  ${data}, ${shots.join(', ')} shots, ${seedText}: ${planned} runs on ${where}${at}`,
  ].join('\n');
}

/** What one does until runs are done that were handed over. */
const followUp = ({ handedOver }: BenchResult, results: string): string =>
  `${handedOver === 1 ? 'One run is' : `${handedOver} runs are`} in Slurm's hands; the same command prints the table when all are done. How far they are:
  dgprompt status${results === 'results' ? '' : ` --results ${quoted(results)}`}\n`;

/** What the user should know beside the table, on stderr, and the exit code. */
function conclude({ records, failed, stopped }: BenchResult, results: string, planned: number): void {
  if (stopped) {
    const kept = `${records.length} of ${planned} runs are finished and kept in ${results}`;
    process.stderr.write(`Stopped. ${kept}; the same command goes on from there${sameCommand()}\n`);
    process.exitCode = 130;
  } else if (failed.length > 0) {
    const those = failed.length === 1 ? 'that one' : 'those';
    process.stderr.write(
      `${failed.length} of ${planned} runs failed, as said above; with --retry-failed the same command tries ${those} again${sameCommand()}\n`,
    );
    process.exitCode = 1;
  }
}
