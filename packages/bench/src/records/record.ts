import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseJson, readPlainFile, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { addFacts, type MethodFacts } from '../methods/title.js';
import { archiveFile, readArchive } from './archive.js';
import { canonicalJson, configHash, type Json, type RunConfig, runName } from './config.js';
import { bare } from './own.js';
import { mismatch, recordSchema } from './schema.js';

/** A trained method's result on one set of test images. */
export interface TestResult {
  /** Top-1 in percent, 0 to 100. */
  top1: number;
  correct: number;
  total: number;
  /** Top-1 in percent by class name. */
  perClass: Record<string, number>;
  /** Number of test images by true class, then by predicted class. */
  confusion?: Record<string, Record<string, number>>;
}

/** A finished run as stored on disk, with everything that tables, plots and doubts need. */
export interface RunRecord {
  format: 3;
  config: RunConfig;
  /**
   * Test results, in the protocol's order: `base` and `new`, `all`, or each dataset's name. null if the learned
   * parameters are specific to other classes and cannot be tested here; a note says so.
   */
  tests: Record<string, TestResult | null>;
  /** Mean training loss, learning rate and, on request, validation accuracy of every epoch; empty for zero-shot. */
  epochs: { number: number; loss: number; learningRate: number; validation?: number; seconds: number }[];
  /**
   * Wall-clock seconds by phase: `train`, `test …`, `total`. `train` and `total` include the epochs taken from a
   * checkpoint, which `resumed` counts alone; it is absent if there are none.
   */
  timings: Record<string, number>;
  /** Peak resident memory of the process during the run, in bytes; absent in records of earlier versions. */
  memory?: number;
  /** Folder of the learned prompts, relative to the run's; absent if nothing is learned. */
  checkpoint?: string;
  /** About a custom method, so that tables need not load its file. */
  own?: MethodFacts;
  /** Deviations from the settings, such as a prompt depth capped at the tower's layers. */
  notes: string[];
  /** Number of images skipped because they do not decode (`--skip-broken`); absent if none. */
  leftOut?: number;
  /** SHA-256 of `predictions.json` next to it; absent in records of earlier versions. */
  predictions?: string;
  /** Versions by package, Node included. */
  versions: Record<string, string>;
  machine: { system: string; cpu: string; cores: number; memoryGiB: number };
  /** ISO 8601. */
  finishedAt: string;
}

/** The files of a run's folder. */
export const runFiles = {
  record: 'record.json',
  log: 'log.txt',
  error: 'error.json',
  owner: 'owner.json',
  predictions: 'predictions.json',
  checkpoint: 'checkpoint',
} as const;

/** A folder without a readable record, with the reason. */
export interface Damaged {
  name: string;
  reason: string;
}

/**
 * Writes a run's record into its folder in the results folder, atomically. Its last line is a hash of the rest, which
 * reveals edits.
 *
 * @returns the run's folder
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readRecords } from '@dgprompt/bench';
 * import { writeRecord } from '@dgprompt/bench/records';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const results = mkdtempSync(join(tmpdir(), 'x-'));
 * await writeRecord(results, records[0]!);
 * console.log((await readRecords(results)).records.length); // 1
 * ```
 */
export async function writeRecord(results: string, record: RunRecord): Promise<string> {
  const folder = join(results, runName(record.config));
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ ...record, sha256: hashOf(record) }, null, 2);
  await writeFileAtomic(join(folder, runFiles.record), `${text}\n`);
  return folder;
}

/**
 * The finished run of exactly this config; undefined if there is none, or only a damaged one.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { findRecord } from '@dgprompt/bench/records';
 *
 * const results = 'docs/results/searched'; // of this repository
 * const { records } = await readRecords(results);
 * const again = await findRecord(results, records[0]!.config);
 * console.log(again?.config.method === records[0]!.config.method); // true
 * ```
 */
export async function findRecord(results: string, config: RunConfig): Promise<RunRecord | undefined> {
  const read = await readRecord(join(results, runName(config)));
  if (!read) await readArchive(results); // if it is damaged, throw rather than repeat what it contained
  return read && 'record' in read && configHash(read.record.config) === configHash(config) ? read.record : undefined;
}

/**
 * All records of a results folder, including those in its archive, sorted by name; a missing folder has none.
 *
 * @returns `records`, and in `damaged` the invalid ones, each with a reason
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 *
 * const { records, damaged } = await readRecords('docs/results/records'); // of this repository
 * console.log(records.length, damaged); // 3555 []
 * ```
 */
export async function readRecords(results: string): Promise<{ records: RunRecord[]; damaged: Damaged[] }> {
  const entries = await readdir(results, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const records: RunRecord[] = [];
  const damaged: Damaged[] = [];
  const folders = new Set(entries.filter(entry => entry.isDirectory()).map(({ name }) => name));
  const archive = await readArchive(results).catch((error: Error) => {
    damaged.push({ name: archiveFile, reason: error.message.replace(/\.$/, '') });
    return new Map<string, string>();
  });
  for (const name of [...new Set([...folders, ...archive.keys()])].sort()) {
    const read = folders.has(name) ? await readRecord(join(results, name)) : parseRecord(archive.get(name)!);
    if (read && 'record' in read) records.push(read.record);
    else if (read) damaged.push({ name, reason: read.reason });
  }
  return { records, damaged };
}

/** A record, or why it is invalid; undefined if there is none. */
export type ReadRecord = { record: RunRecord } | { reason: string } | undefined;

/**
 * The record in a run's folder, or under its name in the archive next to it; or why that is not a valid record.
 *
 * @example
 * ```ts
 * import { readRecord } from '@dgprompt/bench/records';
 *
 * console.log(await readRecord('docs/results/records/absent')); // undefined
 * ```
 */
export async function readRecord(folder: string): Promise<ReadRecord> {
  try {
    const bytes = await readPlainFile(join(folder, runFiles.record), mostBytes).catch((error: Error) => {
      const { code = '' } = error.cause as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      return undefined;
    });
    const text = bytes === undefined ? await archived(folder) : new TextDecoder().decode(bytes);
    return text === undefined ? undefined : parseRecord(text);
  } catch (error) {
    return { reason: (error as Error).message.replace(/\.$/, '') };
  }
}

/** A damaged archive is reported when all records are read; here it counts as empty. */
const archived = async (folder: string) =>
  (await readArchive(dirname(folder)).catch(() => undefined))?.get(basename(folder));

/** Most bytes of a record: one with 21,000 classes takes 3 MB. */
const mostBytes = 2 ** 28;

function parseRecord(text: string): ReadRecord {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return { reason: 'record.json is truncated or not JSON' };
  }
  const { sha256, ...record } = (typeof value === 'object' && value !== null ? value : {}) as RunRecord & {
    sha256?: string;
  };
  if (typeof record.format === 'number' && record.format > 3)
    return { reason: `record.json has format ${record.format}, which a newer version of @dgprompt/bench wrote` };
  if (Number(record.format) === 2)
    return { reason: 'record.json has format 2; node scripts/migrate-records.mjs converts it' };
  const wrong = mismatch(recordSchema, record);
  if (wrong !== undefined) return { reason: `record.json is not the record of a run (${wrong})` };
  if (sha256 !== hashOf(record)) return { reason: 'record.json was edited after it was written' };
  if (record.own) addFacts(record.config.method, record.own);
  return { record: withBareNames(record) };
}

/** Copies the parts keyed by tests and classes into objects without inherited keys. */
function withBareNames(record: RunRecord): RunRecord {
  const { tests } = record;
  const rows = ({ confusion }: TestResult) =>
    confusion && { confusion: bare(Object.entries(confusion).map(([name, row]) => [name, bare(Object.entries(row))])) };
  const test = (one: TestResult | null) =>
    one && { ...one, perClass: bare(Object.entries(one.perClass)), ...rows(one) };
  return { ...record, tests: bare(Object.entries(tests).map(([name, one]) => [name, test(one)])) };
}

const hashOf = (record: RunRecord): string => sha256Hex(canonicalJson(record as unknown as Json));
