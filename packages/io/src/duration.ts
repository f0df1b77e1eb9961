/** An estimate of the time remaining. */
export interface TimeLeft {
  seconds: number;
  /** The estimate is a lower bound: part of the work has not been measured yet. */
  atLeast: boolean;
}

/**
 * Seconds as text: `8.2 s`, `42 s`, `3 min 20 s`, `1 h 5 min`.
 *
 * @example
 * ```ts
 * import { duration } from '@dgprompt/io';
 *
 * console.log(duration(200)); // 3 min 20 s
 * ```
 */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Time remaining as text, no more precise than the estimate: `under a minute left`, `about 4 min left`, and
 * `over 4 min left` for a lower bound.
 *
 * @example
 * ```ts
 * import { timeLeft } from '@dgprompt/io';
 *
 * console.log(timeLeft({ seconds: 250, atLeast: false })); // about 4 min left
 * ```
 */
export function timeLeft({ seconds, atLeast }: TimeLeft): string {
  if (seconds < 50) return atLeast ? 'time left not known yet' : 'under a minute left';
  const minutes = Math.round(seconds / 60);
  const time = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${atLeast ? 'over' : 'about'} ${time} left`;
}
