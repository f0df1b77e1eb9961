/** Time still to go. */
export interface TimeLeft {
  seconds: number;
  /** The true time is longer: part of the work has not been measured yet. */
  atLeast: boolean;
}

/** Seconds as people say them: `8.2 s`, `42 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A guess at a time still to go, no finer than it can be: `under a minute left`, `about 4 min left`, and `over 4 min left` where
 * it is but a part of it.
 */
export function timeLeft({ seconds, atLeast }: TimeLeft): string {
  if (seconds < 50) return atLeast ? 'time left not known yet' : 'under a minute left';
  const minutes = Math.round(seconds / 60);
  const time = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${atLeast ? 'over' : 'task'} ${time} left`;
}
