import { mean, standardDeviation } from '@dgprompt/bench/tables';

/** Statistics of a number over seeds. */
export interface Spread {
  mean: number;
  /** The sample standard deviation, given two or more values. */
  deviation?: number;
}

/** @param values at least one */
export const spreadOf = (values: readonly number[]): Spread => ({
  mean: mean(values),
  deviation: values.length > 1 ? standardDeviation(values) : undefined,
});

/** `64.6`, or `64.6 ± 2.1`. */
export const spreadText = ({ mean, deviation }: Spread): string =>
  `${mean.toFixed(1)}${deviation === undefined ? '' : ` ± ${deviation.toFixed(1)}`}`;

/** The mean and the deviation as two cells, with more digits than the text has. */
export const spreadNumbers = ({ mean, deviation }: Spread): [number, number | ''] => [
  +mean.toFixed(4),
  deviation === undefined ? '' : +deviation.toFixed(4),
];
