import type { TimeLeft } from '@dgprompt/io';

/** An amount of work. Each kind has its own pace: a method and its images, training steps, prompts. */
export interface Work {
  kind: string;
  units: number;
}

/** Work in progress. */
export interface Current {
  work: Work;
  /** The finished share, 0 to 1. */
  fraction: number;
  seconds: number;
}

/** Below this share, work is too new to estimate its pace: it starts with creating a session and decoding images. */
const earlyFraction = 0.1;

/** Estimates the time left from the duration of finished work. */
export function eta() {
  const measured = new Map<string, { units: number; seconds: number }>();

  const add = (into: typeof measured, { kind, units }: Work, seconds: number) => {
    const before = into.get(kind) ?? { units: 0, seconds: 0 };
    into.set(kind, { units: before.units + units, seconds: before.seconds + seconds });
  };

  return {
    /** Records finished work and the wall-clock seconds that it took. */
    finished: (work: Work, seconds: number) => add(measured, work, seconds),
    /**
     * The time left, with each kind of work at its own measured pace.
     * @param current parallel work in progress
     * @param waiting the work after it
     * @returns undefined until something is measured
     */
    left(current: readonly Current[], waiting: readonly Work[]): TimeLeft | undefined {
      const known = new Map(measured);
      for (const { work, fraction, seconds } of current)
        if (fraction >= earlyFraction && !measured.has(work.kind))
          add(known, { kind: work.kind, units: work.units * fraction }, seconds);
      if (known.size === 0) return undefined;
      const rest = current.map(({ work, fraction }) => ({ kind: work.kind, units: work.units * (1 - fraction) }));
      const all = [...waiting, ...rest];
      const total = all.reduce((sum, { kind, units }) => {
        const pace = known.get(kind);
        return pace ? sum + (units * pace.seconds) / Math.max(1, pace.units) : sum;
      }, 0);
      return { seconds: total / Math.max(1, current.length), atLeast: all.some(({ kind }) => !known.has(kind)) };
    },
  };
}
