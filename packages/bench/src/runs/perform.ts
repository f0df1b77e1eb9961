import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '@dgprompt/engine';
import { placementOn, placementText } from '@dgprompt/engine/devices';
import { bytes, parseJson, readPlainFile, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { z } from 'zod';
import { type RunConfig, runName } from '../records/config.js';
import { findRecord, type RunRecord, runFiles, writeRecord } from '../records/record.js';
import { configSchema, mismatch } from '../records/schema.js';
import { type Owner, takeRun } from './lock.js';
import { runLog } from './log.js';
import type { Run, RunOptions } from './run.js';
import { takePrompts } from './same-training.js';
import { storageError } from './storage-error.js';

/** Why a run failed, as stored in its folder. */
export interface RunFailure {
  format: 1;
  config: RunConfig;
  message: string;
  stack?: string;
  /** ISO 8601. */
  failedAt: string;
}

/** The outcome of a run: its record, why it failed, or the process that is doing it at the moment. */
export type Outcome = { record: RunRecord } | { failure: RunFailure; before?: true } | { owner: Owner | undefined };

/**
 * Does a run in its folder in the results folder, unless it is already done or another process is doing it. Afterwards
 * the folder has its record or the reason for its failure.
 *
 * @param options.retryFailed repeat a run that failed before
 * @throws the signal's reason when aborted (keeping what is learned so far); one sentence if the results folder cannot
 *   be written
 */
export async function performRun(
  run: Run,
  results: string,
  { retryFailed, ...options }: RunOptions & { retryFailed?: boolean } = {},
): Promise<Outcome> {
  const folder = join(results, runName(run.config));
  const taken = await takeRun(folder).catch(error => {
    throw storageError(results, error) ?? error;
  });
  if (!('release' in taken)) return taken;
  const log = runLog(folder);
  try {
    const record = await findRecord(results, run.config);
    if (record) return { record };
    const before = await findFailure(results, run.config);
    if (before && !retryFailed) return { failure: before, before: true };
    log.line(`start: ${JSON.stringify(run.config)}`);
    const alike = await takePrompts(run.config, results);
    if (alike) log.line(`trained as ${alike} was: its prompts`);
    const done = await run.perform({ ...options, folder, onLine: log.line });
    const predictions = `${JSON.stringify(done.predictions)}\n`;
    const finished: RunRecord = { ...done.record, predictions: sha256Hex(predictions) };
    await writeFileAtomic(join(folder, runFiles.predictions), predictions);
    await writeRecord(results, finished);
    await rm(join(folder, runFiles.error), { force: true });
    await withoutOptimizer(join(folder, runFiles.checkpoint));
    const placement = placementText(placementOn(run.config.device as Device));
    if (placement !== undefined) log.line(placement);
    log.line(
      `done in ${done.record.timings.total!.toFixed(1)} s, with at most ${bytes(done.record.memory!)} of memory`,
    );
    return { record: finished };
  } catch (error) {
    if (options.signal?.aborted) log.line('stopped');
    options.signal?.throwIfAborted();
    const full = storageError(results, error);
    if (full) throw full;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    log.line(`failed: ${message}`);
    return { failure: await keepFailure(results, run.config, message, stack) };
  } finally {
    await log.flush();
    await taken.release();
  }
}

/**
 * Stores why a run failed; `--retry-failed` repeats it.
 *
 * @example
 * ```ts
 * import { mkdirSync, mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readRecords } from '@dgprompt/bench';
 * import { findFailure, keepFailure, runName } from '@dgprompt/bench/runs';
 *
 * const { config } = (await readRecords('docs/results/searched')).records[0]!; // of this repository
 * const results = mkdtempSync(join(tmpdir(), 'x-'));
 * mkdirSync(join(results, runName(config)));
 * await keepFailure(results, config, 'out of memory');
 * console.log((await findFailure(results, config))?.message); // out of memory
 * ```
 */
export async function keepFailure(
  results: string,
  config: RunConfig,
  message: string,
  stack?: string,
): Promise<RunFailure> {
  const failure: RunFailure = { format: 1, config, message, stack, failedAt: new Date().toISOString() };
  await writeFileAtomic(join(results, runName(config), runFiles.error), `${JSON.stringify(failure, null, 2)}\n`);
  return failure;
}

/**
 * Why a run last failed; undefined if it did not.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { findFailure } from '@dgprompt/bench/runs';
 *
 * const results = 'docs/results/searched'; // of this repository
 * const { records } = await readRecords(results);
 * console.log(await findFailure(results, records[0]!.config)); // undefined
 * ```
 */
export async function findFailure(results: string, config: RunConfig): Promise<RunFailure | undefined> {
  return readFailure(join(results, runName(config)));
}

/**
 * Why the run of a folder last failed; undefined if it did not, or if its error file is invalid.
 *
 * @example
 * ```ts
 * import { readFailure } from '@dgprompt/bench/runs';
 *
 * console.log(await readFailure('results/no-such-run')); // undefined
 * ```
 */
export async function readFailure(folder: string): Promise<RunFailure | undefined> {
  try {
    const bytes = await readPlainFile(join(folder, runFiles.error), 2 ** 24);
    const failure = parseJson(new TextDecoder().decode(bytes));
    return mismatch(failureSchema, failure) === undefined ? (failure as RunFailure) : undefined;
  } catch {
    return undefined;
  }
}

const failureSchema = z.looseObject({
  format: z.literal(1),
  config: configSchema,
  message: z.string(),
  failedAt: z.string().optional(),
});

/** Removes the optimizer's momentum and the list of images, which only unfinished runs need. */
async function withoutOptimizer(checkpoint: string): Promise<void> {
  const names = await readdir(checkpoint).catch(() => []);
  for (const name of names.filter(one => /^(optimizer-\d+\.safetensors|images\.json)$/.test(one)))
    await rm(join(checkpoint, name), { force: true });
}
