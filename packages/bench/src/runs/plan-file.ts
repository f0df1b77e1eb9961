import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { withFullPaths } from '../full-paths.js';
import { canonicalJson, type Json, runName } from '../records/config.js';
import type { BenchSettings } from '../settings.js';
import type { Planned, RunName } from './planned.js';

/** What other processes need to perform a bench's runs and to report their state. */
export interface PlanFile {
  format: 1;
  /** ISO 8601. */
  created: string;
  settings: BenchSettings;
  /** The command that planned it; run it again to resume. */
  command: string;
  /** `name` is the run's folder in the results folder. */
  runs: (RunName & { index: number; name: string })[];
}

/**
 * Writes a plan to `plans/<hash>.json` in the results folder; the same plan has the same name. `file` is an absolute
 * path.
 * @param command the command that resumes the plan
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readPlan, writePlan } from '@dgprompt/bench/runs';
 *
 * const results = mkdtempSync(join(tmpdir(), 'x-'));
 * const settings = { protocol: 'base-to-new', suite: 'pictograms', seeds: [1], results };
 * const { file } = await writePlan(settings, [], 'dgprompt bench');
 * console.log((await readPlan(file)).command); // dgprompt bench
 * ```
 */
export async function writePlan(
  settings: BenchSettings,
  planned: readonly Planned[],
  command: string,
): Promise<{ file: string; plan: PlanFile }> {
  const runs = planned.map(({ task, method, shots, seed, run }, index) => ({
    ...{ index, name: runName(run.config) },
    ...{ task, method, shots, seed },
  }));
  const plan: PlanFile = {
    ...{ format: 1, created: new Date().toISOString(), settings: withFullPaths(settings) },
    ...{ command, runs },
  };
  const hash = sha256Hex(canonicalJson(JSON.parse(JSON.stringify([plan.settings, runs])) as Json));
  const folder = join(plan.settings.results, 'plans');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${hash.slice(0, 12)}.json`);
  await writeFileAtomic(file, `${JSON.stringify(plan, null, 2)}\n`);
  return { file, plan };
}

/**
 * @throws one sentence naming the file, if it cannot be read or is not a plan
 *
 * @example
 * ```ts
 * import { readPlan } from '@dgprompt/bench/runs';
 *
 * console.log(await readPlan('absent.json').catch(error => error.message)); // absent.json cannot be read (ENOENT); …
 * ```
 */
export async function readPlan(file: string): Promise<PlanFile> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${cause.code}); \`dgprompt bench\` writes plans.`, { cause });
  });
  try {
    const plan = JSON.parse(text) as PlanFile;
    if (plan.format === 1 && Array.isArray(plan.runs) && typeof plan.settings === 'object') return plan;
  } catch {
    // reported below
  }
  throw new Error(`${file} is not a plan of runs; \`dgprompt bench\` writes plans.`);
}
