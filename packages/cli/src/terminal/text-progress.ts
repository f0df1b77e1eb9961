import { timeLeft } from '@dgprompt/io';

/** What is done in less time than this, in milliseconds, is not worth a word. */
const quietTime = 2000;

/**
 * Follows text features of hand-written prompts: once they take more than two seconds, says how far they are and how long the rest will take.
 * @param say is told the share of prompts that is done, 0 to 1, and a text about it
 * @returns what takes the counts
 */
export function textProgress(say: (fraction: number, text: string) => void, now = () => performance.now()) {
  let first: { time: number; done: number } | undefined; // what comes before it, such as making a session, tells nothing of the pace
  return ({ done, total }: { done: number; total: number }): void => {
    first ??= { time: now(), done };
    const time = now() - first.time;
    if (time < quietTime || done === first.done) return;
    const seconds = ((time / 1000) * (total - done)) / (done - first.done);
    say(done / total, `${timeLeft({ seconds, atLeast: false })} · ${done} of ${total} hand-written prompts`);
  };
}
