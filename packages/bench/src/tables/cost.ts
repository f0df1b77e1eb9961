import { duration } from '@dgprompt/io';
import { methodTitle } from '../methods/title.js';
import type { RunRecord } from '../records/record.js';
import { mean } from './spread.js';

/** What a run of each method took, on average over its records; empty for a single method. */
export function costLine(records: readonly RunRecord[]): string {
  const methods = [...new Set(records.map(({ config }) => config.method))];
  if (methods.length < 2) return '';
  const times = methods.map(method => {
    const own = records.filter(({ config }) => config.method === method);
    return `${methodTitle(method)} ${duration(mean(own.map(({ timings }) => timings.total ?? 0)))}`;
  });
  return `Mean time of a run, training and testing: ${times.join(', ')}.`;
}
