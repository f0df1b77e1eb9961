import type { Planned } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { timeLeft } from '@dgprompt/io';
import { eta } from './eta.js';
import type { Reporter } from './reporter.js';

/** Displays the progress of runs: one line for each run in progress, and one for all together. */
export function runProgress(runs: readonly Planned[], reporter: Reporter) {
  const estimate = eta();
  const workOf = ({ method, run }: Planned) => ({ kind: method, units: run.cost });
  const waiting = new Set(runs);
  const started = new Map<Planned, { at: number; fraction: number }>();
  let done = 0;

  const current = (run: Planned) => {
    const { at, fraction } = started.get(run)!;
    return { work: workOf(run), fraction, seconds: (performance.now() - at) / 1000 };
  };
  const showTotal = () => {
    const left = estimate.left([...started.keys()].map(current), [...waiting].map(workOf));
    const part = [...started.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    const count = `${done} of ${runs.length} runs`;
    reporter.progress((done + part) / Math.max(1, runs.length), left ? `${timeLeft(left)} · ${count}` : count);
  };

  return {
    progress(run: Planned, { fraction, doing }: { fraction: number; doing: string }) {
      waiting.delete(run);
      started.set(run, { at: started.get(run)?.at ?? performance.now(), fraction });
      const left = eta().left([current(run)], []);
      const text = `${methodTitle(run.method)} on ${run.task}, ${doing}${left ? ` · ${timeLeft(left)}` : ''}`;
      reporter.active(keyOf(run), { fraction, text });
      showTotal();
    },
    /** @param seconds that the run took; undefined if it failed */
    ended(run: Planned, seconds: number | undefined) {
      waiting.delete(run);
      started.delete(run);
      done++;
      if (seconds !== undefined) estimate.finished(workOf(run), seconds);
      reporter.active(keyOf(run), undefined);
      showTotal();
    },
    elsewhere(count: number, where: string) {
      const text = `waiting for ${count} run${count === 1 ? '' : 's'} of ${where}`;
      reporter.progress(done / Math.max(1, runs.length), text);
    },
  };
}

const keyOf = ({ task, method, shots, seed }: Planned): string => JSON.stringify([task, method, shots, seed]);
