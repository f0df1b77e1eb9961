import { availableParallelism } from 'node:os';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type BenchOptions, type BenchResult, bench } from './bench.js';
import type { BenchCommandOptions } from './bench-command.js';
import { type Opened, openSettings } from './bench-settings.js';
import { comparable } from './distinguish.js';
import { dryRun } from './dry-run.js';
import { interrupted } from './interrupt.js';
import { loadModel } from './load-model.js';
import { methodTitle } from './method-title.js';
import { plannedCount } from './plan-runs.js';
import { jsonReporter, reporter } from './reporter.js';
import { sameCommand } from './same-command.js';
import { showTables } from './show-tables.js';
import { thisCommand } from './this-command.js';
import { workerPool } from './worker-pool.js';

/** Looks up what was asked for, runs it, shows the table and says how to go on. */
export async function runBench(given: BenchCommandOptions, command: Command): Promise<void> {
  const opened = await openSettings(given).catch((error: Error) =>
    command.error(`error: ${error.message}`, { exitCode: 2 }),
  );
  const settings = { ...given, threads: threadsOf(given) };
  const { shots, seeds, epochs, validate, skipBroken, cache, results, device, threads, backend, workers } = settings;
  const report = settings.json ? jsonReporter() : reporter();
  const interrupt = interrupted();
  interrupt.signal.addEventListener('abort', () => report.line('  Stopping; Ctrl-C again stops at once.'));
  await useDevice({ device, threads, backend });
  const clip: Clip = await loadModel(settings.model);
  const options: BenchOptions = {
    ...{ clip, ...opened, seeds, epochs, validate, skipBroken, cache, results, device, threads, backend },
    ...(shots && { shots }),
    ...{ retryFailed: settings.retryFailed, reporter: report, signal: interrupt.signal },
    ...(workers > 1 && { runner: workerPool(settings, workers) }),
  };
  const planned = plannedCount(options);
  report.line(heading(opened, planned, settings));
  const started = performance.now();
  const end = () => {
    report.stop();
    clip.dispose();
    interrupt.release();
  };
  if (settings.dryRun) return dryRun(options, { json: settings.json, workers }).finally(end);
  const outcome = await bench(options).finally(end);
  report.line('');
  const failed = outcome.failed.map(({ error, ...failure }) => ({ ...failure, error: error.message }));
  await showTables(comparable(outcome.records), {
    ...settings,
    command: thisCommand(),
    ...(outcome.records.length > outcome.found && { seconds: (performance.now() - started) / 1000 }),
    more: { failed, stopped: outcome.stopped },
  });
  conclude(outcome, results, planned);
}

/** Several processes share the cores, unless the threads are named: the number is part of every run's config. */
function threadsOf({ threads, workers }: BenchCommandOptions): number {
  return workers > 1 && threads === 0 ? Math.max(1, Math.floor(availableParallelism() / workers)) : threads;
}

function heading(
  { suite, protocol, tasks, sources, methods }: Opened,
  planned: number,
  settings: BenchCommandOptions,
): string {
  const { seeds, device, threads, workers, shots = protocol.shots } = settings;
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  const where = device === 'cpu' ? `cpu, ${threads === 0 ? 'a thread a core' : `threads: ${threads}`}` : device;
  const name = `${protocol.name[0]!.toUpperCase()}${protocol.name.slice(1)}`;
  const data = sources ? `from ${sources.join(', ')}` : `${tasks.length} task${tasks.length > 1 ? 's' : ''}`;
  const at = workers > 1 ? `, ${workers} at a time` : '';
  return [
    pc.bold(`${name} on ${suite.name}: ${methods.map(({ id }) => methodTitle(id)).join(', ')}`),
    `  ${data}, ${shots.join(', ')} shots, ${seedText}: ${planned} runs on ${where}${at}`,
  ].join('\n');
}

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
