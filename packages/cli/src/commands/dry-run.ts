import type { BenchOptions, Planned } from '@dgprompt/bench';
import { evalTransformFor } from '@dgprompt/bench/data';
import { methodTitle } from '@dgprompt/bench/methods';
import { findRecord } from '@dgprompt/bench/records';
import { findFailure, planRuns } from '@dgprompt/bench/runs';
import { bytes, duration } from '@dgprompt/io';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import type { Reporter } from '../terminal/reporter.js';
import { plain, rules } from '../terminal/table-text.js';

/** How long each method is tried, in milliseconds. */
const probeTime = 4000;

type State = 'to do' | 'done' | 'failed before';

/** What a method costs here, measured. */
interface Probe {
  /** Before the first image. */
  startSeconds: number;
  secondsPerImage: number;
  /** The process's largest size so far, bytes. */
  memory: number;
}

/** Lists the runs that a bench would do, and guesses time and memory from a few seconds of each method. Nothing is written. */
export async function dryRun(
  options: BenchOptions,
  { json, workers, reporter }: { json?: boolean; workers: number; reporter: Reporter },
): Promise<void> {
  const { results } = options;
  const { planned, failed } = await planRuns(options);
  const runs: { run: Planned; state: State }[] = [];
  for (const run of planned) runs.push({ run, state: await stateOf(results, run, options.retryFailed) });
  const waiting = runs.filter(({ state }) => state === 'to do').map(({ run }) => run);
  const probes = new Map<string, Probe>();
  for (const run of new Map(waiting.map(one => [one.method, one])).values()) {
    reporter.progress(probes.size / waiting.length, `trying ${methodTitle(run.method)} for a moment`);
    probes.set(run.method, await probe(run, options));
  }
  reporter.stop();
  const seconds = (run: Planned): number => {
    const { startSeconds, secondsPerImage } = probes.get(run.method)!;
    return startSeconds + run.run.images * secondsPerImage;
  };
  const total = waiting.reduce((sum, run) => sum + seconds(run), 0) / workers;
  const memory = Math.max(0, ...[...probes.values()].map(one => one.memory)) * workers;
  const named = runs.map(({ run: { task, method, shots, seed, run }, state }) => ({
    ...{ task, method, shots, seed, state },
    ...(state === 'to do' && { seconds: seconds({ task, method, shots, seed, run }) }),
  }));
  if (json) {
    const wrong = failed.map(({ error, ...name }) => ({ ...name, state: 'impossible', error: error.message }));
    process.stdout.write(
      `${JSON.stringify({ runs: [...named, ...wrong], seconds: total, memoryBytes: memory, workers }, null, 2)}\n`,
    );
    return;
  }
  for (const { task, method, error } of failed)
    process.stdout.write(`${pc.red('✗')} ${task}, ${methodTitle(method)}: ${error.message}\n`);
  const text = new CliTable({
    head: ['task', 'method', 'shots', 'seed', 'state', 'estimate'].map(name => pc.dim(name)),
    style: plain,
    chars: { ...rules, mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { task, method, shots, seed, state, seconds } of named)
    text.push([task, methodTitle(method), shots, seed, state, seconds === undefined ? '' : duration(seconds)]);
  const each = `${waiting.length} of ${planned.length + failed.length} runs are to do`;
  const guess = `about ${duration(total)}${workers > 1 ? ` with ${workers} at a time` : ''}, ${bytes(memory)} of memory`;
  process.stdout.write(`${text.toString()}\n${each}${waiting.length > 0 ? `: ${guess}` : ''}.\n`);
}

async function stateOf(results: string, { run }: Planned, retryFailed = false): Promise<State> {
  if (await findRecord(results, run.config)) return 'done';
  return !retryFailed && (await findFailure(results, run.config)) ? 'failed before' : 'to do';
}

/** The beginning of a run, thrown away. */
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
