import type { BenchOptions, Planned } from '@dgprompt/bench';
import { evalTransformFor } from '@dgprompt/bench/data';
import { methodTitle } from '@dgprompt/bench/methods';
import { findRecord } from '@dgprompt/bench/records';
import { findFailure, planRuns } from '@dgprompt/bench/runs';
import { bytes, duration } from '@dgprompt/io';
import pc from 'picocolors';
import type { Reporter } from '../terminal/reporter.js';
import { textTable } from '../terminal/table.js';

/** How long each method is tried, in milliseconds. */
const probeTime = 4000;

type State = 'to do' | 'done' | 'failed before';

/** What a method costs here, measured. */
interface Probe {
  /** Before the first image. */
  startSeconds: number;
  secondsPerImage: number;
  /** The largest size of the process so far, in bytes. */
  memory: number;
}

/** Lists the runs of a bench, and estimates time and memory from a few seconds of each method. Nothing is written. */
export async function listRuns(
  options: BenchOptions,
  { json, workers, report }: { json?: boolean; workers: number; report: Reporter },
): Promise<void> {
  const { planned, failed } = await planRuns(options);
  const states = new Map<Planned, State>();
  for (const run of planned) states.set(run, await stateOf(run, options));
  const waiting = planned.filter(run => states.get(run) === 'to do');
  const probes = new Map<string, Probe>();
  for (const run of new Map(waiting.map(one => [one.method, one])).values()) {
    report.progress(probes.size / waiting.length, `trying ${methodTitle(run.method)} for a moment`);
    probes.set(run.method, await probe(run, options));
  }
  report.stop();
  const secondsOf = ({ method, run }: Planned): number => {
    const { startSeconds, secondsPerImage } = probes.get(method)!;
    return startSeconds + run.images * secondsPerImage;
  };
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
  for (const { task, method, error } of failed)
    process.stdout.write(`${pc.red('✗')} ${task}, ${methodTitle(method)}: ${error.message}\n`);
  const head = ['task', 'method', 'shots', 'seed', 'state', 'estimate'].map(name => pc.dim(name));
  const rows = runs.map(({ task, method, shots, seed, state, seconds: each }) => [
    ...[task, methodTitle(method), String(shots), String(seed), state],
    each === undefined ? '' : duration(each),
  ]);
  const count = `${waiting.length} of ${planned.length + failed.length} runs to do`;
  const atOnce = workers > 1 ? ` with ${workers} at a time` : '';
  const estimate = `: about ${duration(seconds)}${atOnce}, ${bytes(memoryBytes)} of memory`;
  process.stdout.write(`${textTable({ head, groups: [rows] })}\n${count}${waiting.length > 0 ? estimate : ''}.\n`);
}

async function stateOf({ run }: Planned, { results, retryFailed = false }: BenchOptions): Promise<State> {
  if (await findRecord(results, run.config)) return 'done';
  return !retryFailed && (await findFailure(results, run.config)) ? 'failed before' : 'to do';
}

/** Measures the beginning of a run, which is then thrown away. */
async function probe({ run }: Planned, { clip, cache, signal }: BenchOptions): Promise<Probe> {
  const started = performance.now();
  const enough = new AbortController();
  const stop = AbortSignal.any([enough.signal, ...(signal ? [signal] : [])]);
  let first: { at: number; fraction: number } | undefined;
  let last = { at: started, fraction: 0 };
  const onProgress = ({ fraction }: { fraction: number }) => {
    last = { at: performance.now(), fraction };
    first ??= last;
    if (last.at - first.at > probeTime) enough.abort(new Error('enough'));
  };
  const late = setTimeout(() => first && enough.abort(new Error('enough')), 10 * probeTime);
  try {
    await run.perform({ signal: stop, onProgress, transform: evalTransformFor(clip.imageSize, { cache }) });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  } finally {
    clearTimeout(late);
  }
  const since = first ?? last;
  const done = Math.max(1, (last.fraction - since.fraction) * run.images);
  return {
    startSeconds: (since.at - started) / 1000,
    secondsPerImage: (last.at - since.at) / 1000 / done,
    memory: process.resourceUsage().maxRSS * 1024,
  };
}
