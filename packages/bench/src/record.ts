import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { configHash, type RunConfig, recordName } from './run-config.js';

/** How a trained method does on one half of the classes. */
export interface Accuracy {
  /** Top-1 in percent, 0 to 100. */
  top1: number;
  correct: number;
  total: number;
  /** Top-1 in percent by class name. */
  perClass: Record<string, number>;
}

/** One finished run, as it lies on disk: all that a table, a plot or a doubt needs. */
export interface RunRecord {
  format: 1;
  config: RunConfig;
  result: {
    base: Accuracy;
    /** null where new classes are not tested, or where what was learned belongs to the base classes alone; a note says why. */
    new: Accuracy | null;
    /** Of the two top-1, in percent. */
    harmonicMean: number | null;
  };
  /** Mean training loss and learning rate of every epoch, and accuracy on validation images where it was asked for; empty for zero-shot. */
  epochs: { number: number; loss: number; learningRate: number; validation?: number; seconds: number }[];
  /** Wall-clock seconds. */
  timings: { train: number; testBase: number; testNew: number; total: number };
  /** What was not as asked, such as a prompt depth capped at the tower's layers. */
  notes: string[];
  /** Images that were left out because they do not decode (`--skip-broken`); absent if none. */
  leftOut?: number;
  /** Versions by package, Node included. */
  versions: Record<string, string>;
  machine: { system: string; cpu: string; cores: number; memoryGiB: number };
  /** ISO 8601. */
  finishedAt: string;
}

/**
 * Write a run's record into the results folder under `recordName`; the file appears whole or not at all.
 *
 * @returns the file
 */
export async function writeRecord(folder: string, record: RunRecord): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, recordName(record.config));
  await writeFileAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}

/** The finished run of exactly this config, or undefined if there is none (or only a damaged file). */
export async function findRecord(folder: string, config: RunConfig): Promise<RunRecord | undefined> {
  const record = await readRecord(join(folder, recordName(config)));
  return record && configHash(record.config) === configHash(config) ? record : undefined;
}

/**
 * All records of a results folder, sorted by file name; an absent folder holds none.
 *
 * @returns `records`, and in `damaged` the JSON files that hold no record
 */
export async function readRecords(folder: string): Promise<{ records: RunRecord[]; damaged: string[] }> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter(name => name.endsWith('.json')).sort();
  const read = await Promise.all(files.map(name => readRecord(join(folder, name))));
  return {
    records: read.filter(record => record !== undefined),
    damaged: files.filter((_, i) => read[i] === undefined),
  };
}

async function readRecord(file: string): Promise<RunRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(record) ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is RunRecord {
  const record = value as Partial<RunRecord> | null;
  return (
    record?.format === 1 &&
    typeof record.config?.task === 'string' &&
    typeof record.result?.base?.top1 === 'number' &&
    (record.result.new === null || typeof record.result.new?.top1 === 'number')
  );
}
