import type { ComputePrecision } from '@dgprompt/engine';
import type { PillowVersion } from '@dgprompt/images';
import { sha256Hex } from '@dgprompt/io';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Everything that determines the numbers of a run; two runs with equal configs are the same run. */
export interface RunConfig {
  /** The protocol's name. */
  protocol: string;
  suite: string;
  /** The task it trains on. */
  task: string;
  /** Fingerprint of the task's splits, see `fingerprint`. */
  data: string;
  /** Fingerprints of the other datasets it is tested on, by name; omitted if there are none. */
  tests?: Record<string, string>;
  method: string;
  /** For a custom method or protocol: see `codeHash`. */
  code?: string;
  /** The method's options with all defaults filled in, after capping to the model. */
  options: Record<string, Json>;
  /** Learning rate, epochs, batch size etc., after the protocol's defaults. */
  recipe: Record<string, Json>;
  /** Training images per class. */
  shots: number;
  /** Seed of the few-shot sample, the initial values and the order of batches. */
  seed: number;
  /** The CLIP: see `Clip.id`. */
  model: string;
  device: string;
  backend: string;
  /** CPU threads; 0 means one per core. They determine the order of sums, and therefore the last bits. */
  threads: number;
  /** Precision of the frozen towers; omitted for float32. */
  precision?: 'fp16' | 'int8';
  /** Views of each test image, which are averaged; omitted for one. */
  views?: 5 | 9;
  /** SHA-256 of the sentences about the classes; omitted if the method uses none. */
  descriptions?: string;
  /** The Pillow version whose resizing order is used; omitted for 12, as in all older records. */
  pillow?: 13;
  /** Images that do not decode are left out; omitted if the run reads none. `data` and `tests` include them. */
  skipBroken?: true;
}

/**
 * The precision and the Pillow version of a config, with what it omits.
 *
 * @example
 * ```ts
 * import { computedIn } from '@dgprompt/bench/records';
 *
 * console.log(computedIn({ precision: 'int8' })); // { precision: 'int8', pillow: 12 }
 * ```
 */
export function computedIn({ precision, pillow }: Pick<RunConfig, 'precision' | 'pillow'>): {
  precision: ComputePrecision;
  pillow: PillowVersion;
} {
  return { precision: precision ?? 'fp32', pillow: pillow ?? 12 };
}

/** SHA-256 over the config as JSON with sorted keys, 64 hex digits. */
export function configHash(config: RunConfig): string {
  return sha256Hex(canonicalJson(config as unknown as Json));
}

/**
 * The name of a run's folder: its main settings, then 12 digits of the config's hash.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { runName } from '@dgprompt/bench/runs';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(runName(records[0]!.config)); // base-to-new_pictograms_clothing_dgprompt_16-shots_seed-1_…
 * ```
 */
export function runName(config: RunConfig): string {
  const { protocol, suite, task, method, shots, seed } = config;
  const parts = [protocol, suite, task, method, `${shots}-shots`, `seed-${seed}`].map(slug);
  return `${parts.join('_').slice(0, longestName)}_${configHash(config).slice(0, 12)}`;
}

/** File systems allow 255 bytes for a name; Windows by default allows 259 for a whole path. */
const longestName = 200;

/**
 * JSON that is identical for equal values: sorted keys, no spaces, undefined omitted.
 *
 * @example
 * ```ts
 * import { canonicalJson } from '@dgprompt/bench/runs';
 *
 * console.log(canonicalJson({ b: 1, a: [true, null] })); // {"a":[true,null],"b":1}
 * ```
 */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries: string[] = [];
  for (const key of Object.keys(value).sort())
    if (value[key] !== undefined) entries.push(`${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${entries.join(',')}}`;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
