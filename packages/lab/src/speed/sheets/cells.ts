import type { Results } from '../results.js';

/** A table of text cells: the first column is left-aligned, the others right-aligned. */
export interface SpeedTable {
  title: string;
  head: string[];
  rows: string[][];
}

export const ratio = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)} ×`);
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
export const time = (seconds: number): string =>
  seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(2)} s`;

/** The highest rate of matrix products, in operations per second. */
export const ceilingOf = (results: Results): number | undefined => results.of('ceiling', 'ceiling')?.result.rate;

/** The time relative to a training step of MaPLe. */
export function againstMaple(results: Results, seconds: number): string {
  const maple = results.of('step', 'maple')?.result.seconds;
  return ratio(maple && seconds / maple);
}

/** A row that says why there are no numbers; none if nothing was to be measured. */
export function faulty(
  results: Results,
  row: Parameters<Results['fault']>[0],
  title: string,
  columns: number,
  name = title,
): string[][] {
  const fault = results.fault(row, name);
  if (fault === undefined) return [];
  return [[`${title}: left out, ${fault.replace(/\.$/, '')}`, ...new Array<string>(columns - 1).fill('–')]];
}
