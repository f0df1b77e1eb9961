import { timeLeft } from '@dgprompt/io';
import { eta } from './eta.js';

/** Nothing is displayed before this many milliseconds. */
const quietTime = 2000;

/**
 * Tracks the text features of hand-written prompts. After two seconds, displays the progress and the time left.
 * @param show gets the finished share of the prompts, 0 to 1, and a text
 * @returns a callback for the counts
 */
export function textProgress(show: (fraction: number, text: string) => void, now = () => performance.now()) {
  const estimate = eta();
  const kind = 'prompts';
  let started: number | undefined; // of the second chunk: the first one includes creating a session
  let last = { time: 0, done: 0 };
  return ({ done, total }: { done: number; total: number }): void => {
    const time = now();
    if (started === undefined) started = time;
    else estimate.finished({ kind, units: done - last.done }, (time - last.time) / 1000);
    last = { time, done };
    const left = estimate.left([], [{ kind, units: total - done }]);
    if (time - started < quietTime || left === undefined) return;
    show(done / total, `${timeLeft(left)} · ${done} of ${total} hand-written prompts`);
  };
}
