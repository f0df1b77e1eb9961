import { bytes, duration } from '@dgprompt/io';
import { methodTitle } from '../methods/title.js';
import { methodsOf } from '../records/distinguish.js';
import type { RunRecord } from '../records/record.js';
import { mean } from './spread.js';

/** The cost of a run of each method: mean time over its records, and peak memory; empty for a single method. */
export function costLine(records: readonly RunRecord[]): string {
  const methods = methodsOf(records);
  if (methods.length < 2) return '';
  const runs = methods.map(method => ({
    title: methodTitle(method),
    own: records.filter(({ config }) => config.method === method),
  }));
  const times = runs.map(
    ({ title, own }) => `${title} ${duration(mean(own.map(({ timings }) => timings.total ?? 0)))}`,
  );
  const sizes = runs.flatMap(({ title, own }) => {
    const most = Math.max(...own.map(({ memory }) => memory ?? 0));
    return most > 0 ? `${title} ${bytes(most)}` : [];
  });
  const line = `Mean time of a run, training and testing: ${times.join(', ')}.`;
  return sizes.length > 0 ? `${line} Most memory of a run's process: ${sizes.join(', ')}.` : line;
}
