import { flatOptions } from '@dgprompt/methods/method';
import { canonicalJson, computedIn, type Json } from './config.js';
import { groupBy } from './group-by.js';
import { own } from './own.js';
import type { RunRecord } from './record.js';

interface Way {
  record: RunRecord;
  settings: Record<string, Json>;
}

/** Settings that no published recipe varies: a method with several values of one was run in several ways. */
const neverVaried = new Set([
  ...['precision', 'pillow', 'code', 'descriptions'],
  ...['augment', 'cacheFeatures', 'keep', 'patience'],
]);

/** Settings that leave the experiment as it is, so that they only tell repeated runs apart. */
const sameExperiment = new Set(['device', 'backend', 'threads', 'validate']);

/** Records whose methods are named with the settings in which their runs differ, if any: `coop (epochs 2)`. */
export function namedByWays(records: readonly RunRecord[]): RunRecord[] {
  return groupBy(records, ({ config }) => config.method).flatMap(ofMethod => {
    const ways = withSentences(ofMethod.map(record => ({ record, settings: settingsOf(record) })));
    const keys = differing(ways);
    if (keys.length === 0) return ofMethod;
    return ways.map(({ record, settings }) => {
      const label = keys.map(key => `${key} ${asText(own(settings, key))}`).join(', ');
      return { ...record, config: { ...record.config, method: `${record.config.method} (${label})` } };
    });
  });
}

/** Settings that have several values where a published recipe has one. */
function differing(ways: readonly Way[]): string[] {
  const keys = [...new Set(ways.flatMap(({ settings }) => Object.keys(settings)))];
  return keys.filter(key => groupBy(ways, way => placeOf(way, key)).some(same => valuesOf(same, key).size > 1));
}

/** Recipes may vary with the task, its number of images and the shots, but not with the seed. */
function placeOf({ record: { config } }: Way, key: string): string {
  const { task, data, shots, seed } = config;
  if (neverVaried.has(key)) return '';
  return canonicalJson(sameExperiment.has(key) ? [task, data, shots, seed] : [task, data, shots]);
}

const valuesOf = (ways: readonly Way[], key: string): Set<string> =>
  new Set(ways.map(({ settings }) => canonicalJson(own(settings, key))));

/** One file has other sentences for each task, so only two files for one task are named by their hashes. */
function withSentences(ways: readonly Way[]): Way[] {
  const described = ways.filter(({ settings }) => settings.descriptions !== 'none');
  const byPlace = groupBy(described, way => placeOf(way, 'sentences'));
  if (byPlace.some(same => valuesOf(same, 'descriptions').size > 1)) return [...ways];
  return ways.map(way =>
    described.includes(way) ? { ...way, settings: { ...way.settings, descriptions: 'given' } } : way,
  );
}

function settingsOf({ config }: RunRecord): Record<string, Json> {
  const { options, recipe, device, backend, threads, code, descriptions } = config;
  const version: Record<string, Json> = code === undefined ? {} : { code: code.slice(0, 12) };
  return {
    ...(flatOptions(options) as Record<string, Json>),
    ...recipe,
    device,
    backend,
    threads,
    ...computedIn(config),
    descriptions: descriptions?.slice(0, 12) ?? 'none',
    ...version,
  };
}

const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : canonicalJson(value));
