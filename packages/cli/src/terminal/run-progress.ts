import type { Planned } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { timeLeft } from '@dgprompt/io';
import { forecast } from './forecast.js';
import type { Reporter } from './reporter.js';

/** Shows how far runs are: a line for each that is going on, and one for all of them together. */
export function runProgress(runs: readonly Planned[], reporter: Reporter) {
  const guess = forecast();
  const work = ({ method, run }: Planned) => ({ method, images: run.images });
  const waiting = new Set(runs);
  const going = new Map<Planned, { started: number; fraction: number }>();
  let done = 0;

  const showTotal = () => {
    const now = performance.now();
    const current = [...going].map(([run, { started, fraction }]) => ({
      ...{ run: work(run), fraction },
      seconds: (now - started) / 1000,
    }));
    const left = guess.remaining(current, [...waiting].map(work));
    const part = [...going.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    const count = `${done} of ${runs.length} runs`;
    reporter.progress(
      (done + part) / Math.max(1, runs.length),
      left === undefined ? count : `${timeLeft(left)} · ${count}`,
    );
  };

  return {
    progress(run: Planned, { fraction, doing }: { fraction: number; doing: string }) {
      waiting.delete(run);
      const now = performance.now();
      const { started } = going.get(run) ?? { started: now };
      going.set(run, { started, fraction });
      const seconds = (now - started) / 1000;
      const left =
        fraction > 0.1 ? ` · ${timeLeft({ seconds: (seconds * (1 - fraction)) / fraction, atLeast: false })}` : '';
      reporter.active(keyOf(run), { fraction, text: `${methodTitle(run.method)} on ${run.task}, ${doing}${left}` });
      showTotal();
    },
    /** @param seconds that it took; undefined if it failed */
    ended(run: Planned, seconds: number | undefined) {
      waiting.delete(run);
      going.delete(run);
      done++;
      if (seconds !== undefined) guess.finished(work(run), seconds);
      reporter.active(keyOf(run), undefined);
      showTotal();
    },
    elsewhere(count: number, where: string) {
      reporter.progress(
        done / Math.max(1, runs.length),
        `waiting for ${count} run${count === 1 ? '' : 's'} of ${where}`,
      );
    },
  };
}

const keyOf = ({ task, method, shots, seed }: Planned): string => JSON.stringify([task, method, shots, seed]);
