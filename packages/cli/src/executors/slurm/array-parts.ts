/** A job array: its tasks are the runs `first + n` for every `n` of `tasks`. */
export interface ArrayPart {
  first: number;
  /** Ascending. */
  tasks: number[];
}

/**
 * Splits runs into as few job arrays as possible: Slurm's task numbers are below MaxArraySize.
 * @param runs distinct run indices
 * @param maxArraySize at least 1
 */
export function arrayParts(runs: readonly number[], maxArraySize: number): ArrayPart[] {
  const parts = new Map<number, number[]>();
  for (const run of [...runs].sort((a, b) => a - b)) {
    const first = run - (run % maxArraySize);
    parts.set(first, [...(parts.get(first) ?? []), run - first]);
  }
  return [...parts].map(([first, tasks]) => ({ first, tasks }));
}

/** Ascending numbers in the form of `sbatch --array`: `0-3,5,7-8`. */
export function arrayRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
