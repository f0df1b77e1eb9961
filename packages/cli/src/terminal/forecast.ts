import type { TimeLeft } from '@dgprompt/io';

/** How much there is to a run: images trained on (each epoch counts) plus images tested. */
export interface Work {
  method: string;
  images: number;
}

/** Guesses how long the rest will take, from the time that finished runs took. */
export interface Forecast {
  /** A finished run and its wall-clock seconds. */
  finished(run: Work, seconds: number): void;
  /**
   * Time still to go, each method at its own measured pace.
   * @param current the runs in progress, how much of each is done (0 to 1), and its seconds so far; they go on side by side
   * @param waiting the runs after them
   * @returns undefined as long as nothing is known
   */
  remaining(
    current: readonly { run: Work; fraction: number; seconds: number }[],
    waiting: readonly Work[],
  ): TimeLeft | undefined;
}

/** Too little of a run to tell its pace: a session is made, images are decoded. */
const earlyFraction = 0.1;

export function forecast(): Forecast {
  const measured = new Map<string, { images: number; seconds: number }>();

  const add = (into: Map<string, { images: number; seconds: number }>, run: Work, images: number, seconds: number) => {
    const before = into.get(run.method) ?? { images: 0, seconds: 0 };
    into.set(run.method, { images: before.images + images, seconds: before.seconds + seconds });
  };

  return {
    finished: (run, seconds) => add(measured, run, run.images, seconds),
    remaining(current, waiting) {
      const known = new Map(measured);
      for (const { run, fraction, seconds } of current) {
        if (fraction >= earlyFraction && !measured.has(run.method)) add(known, run, run.images * fraction, seconds);
      }
      if (known.size === 0) return undefined;
      const paces = new Map([...known].map(([method, { images, seconds }]) => [method, seconds / Math.max(1, images)]));
      const runs = [
        ...waiting,
        ...current.map(({ run, fraction }) => ({ ...run, images: run.images * (1 - fraction) })),
      ];
      const seconds = runs.reduce((sum, { method, images }) => sum + images * (paces.get(method) ?? 0), 0);
      return { seconds: seconds / Math.max(1, current.length), atLeast: runs.some(({ method }) => !paces.has(method)) };
    },
  };
}
