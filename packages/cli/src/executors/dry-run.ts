import type { BenchOptions, FailedRun, Planned } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { findRecord } from '@dgprompt/bench/records';
import { findFailure, planRuns } from '@dgprompt/bench/runs';
import { bytes, duration, printable } from '@dgprompt/io';
import pc from 'picocolors';
import type { Reporter } from '../terminal/reporter.js';
import { textTable } from '../terminal/table.js';
import { estimate, type Probe, probe } from './probe.js';

type State = 'to do' | 'done' | 'failed before';

/**
 * Lists the runs of a bench and estimates time and memory by running each method for a few seconds, reporting each
 * estimate once measured. Writes nothing. Sets exit code 1 if a run cannot be done.
 */
export async function listRuns(
  options: BenchOptions,
  { json, workers, report }: { json?: boolean; workers: number; report: Reporter },
): Promise<void> {
  const { planned, failed } = await planRuns(options);
  if (failed.length > 0) process.exitCode = 1;
  for (const line of impossibleLines(failed)) report.line(line);
  const states = new Map<Planned, State>();
  for (const run of planned) states.set(run, await stateOf(run, options));
  const waiting = planned.filter(run => states.get(run) === 'to do');
  const probes = new Map<string, Probe>();
  const methods = [...new Set(waiting.map(({ method }) => method))];
  const tried = methods.map(method => medianRun(waiting.filter(run => run.method === method)));
  for (const [i, run] of tried.entries()) {
    const trying = `trying ${methodTitle(run.method)} on ${run.task} for a moment`;
    const onProgress = (doing: string) =>
      report.progress(i / tried.length, doing === '' ? trying : `${trying}: ${doing}`);
    onProgress('');
    const found = await probe(run.run, options, onProgress);
    probes.set(run.method, found);
    const count = waiting.filter(({ method }) => method === run.method).length;
    const each = duration(estimate(found, run.run.work));
    report.line(
      `  ${methodTitle(run.method)}: about ${each} on ${printable(run.task)}, ${count} run${count === 1 ? '' : 's'} to do`,
    );
  }
  report.stop();
  const secondsOf = ({ method, run }: Planned): number => estimate(probes.get(method)!, run.work);
  const seconds = waiting.reduce((sum, run) => sum + secondsOf(run), 0) / workers;
  const memoryBytes = Math.max(0, ...[...probes.values()].map(({ memory }) => memory)) * workers;
  const runs = planned.map(one => {
    const { task, method, shots, seed } = one;
    const state = states.get(one)!;
    return { task, method, shots, seed, state, seconds: state === 'to do' ? secondsOf(one) : undefined };
  });
  if (json) {
    const impossible = failed.map(({ error, ...name }) => ({ ...name, state: 'impossible', error: error.message }));
    const all = { runs: [...runs, ...impossible], seconds, memoryBytes, workers };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const head = ['task', 'method', 'shots', 'seed', 'state', 'estimate'].map(name => pc.dim(name));
  const rows = runs.map(({ task, method, shots, seed, state, seconds: each }) => [
    ...[printable(task), methodTitle(method), String(shots), String(seed), state],
    each === undefined ? '' : duration(each),
  ]);
  const cannot = failed.length > 0 ? `, ${failed.length} cannot be done (see above)` : '';
  const count = `${waiting.length} of ${planned.length + failed.length} runs to do${cannot}`;
  const atOnce = workers > 1 ? ` with ${workers} at a time` : '';
  const total = `: about ${duration(seconds)}${atOnce}, ${bytes(memoryBytes)} of memory`;
  process.stdout.write(`${textTable({ head, groups: [rows] })}\n${count}${waiting.length > 0 ? total : ''}.\n`);
}

/** One line per cause: a missing dataset is reported once, not once per run. */
function impossibleLines(failed: readonly FailedRun[]): string[] {
  const causes = new Map<Error, FailedRun[]>();
  for (const run of failed) causes.set(run.error, [...(causes.get(run.error) ?? []), run]);
  return [...causes].map(([error, runs]) => {
    const { task, method, shots } = runs[0]!;
    const which = runs.length === 1 ? `${methodTitle(method)}, ${shots} shots` : `all ${runs.length} runs`;
    return `  ${pc.red('✗')} ${printable(task)}, ${which}: ${printable(error.message, 4000)}`;
  });
}

async function stateOf({ run }: Planned, { results, retryFailed = false }: BenchOptions): Promise<State> {
  if (await findRecord(results, run.config)) return 'done';
  return !retryFailed && (await findFailure(results, run.config)) ? 'failed before' : 'to do';
}

/** Tasks of many classes cost some methods more per image, so the one tried is neither the smallest nor the largest. */
function medianRun(runs: readonly Planned[]): Planned {
  const sorted = runs.toSorted((a, b) => a.run.cost - b.run.cost);
  return sorted[sorted.length >> 1]!;
}
