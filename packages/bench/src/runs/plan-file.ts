import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, readPlainFile, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { z } from 'zod';
import { withFullPaths } from '../full-paths.js';
import { canonicalJson, type Json, runName } from '../records/config.js';
import { mismatch } from '../records/schema.js';
import type { BenchSettings } from '../settings.js';
import type { Planned, RunName } from './planned.js';

/** Everything that other processes need to perform a bench's runs and to report their state. */
export interface PlanFile {
  format: 1;
  /** ISO 8601. */
  created: string;
  settings: BenchSettings;
  /** The command that planned it; run it again to resume. For display only. */
  command: string;
  /** Its arguments, after `dgprompt`, and the folder it was run in. Plans of earlier versions have neither. */
  args?: string[];
  folder?: string;
  /** `name` is the run's folder in the results folder. */
  runs: (RunName & { index: number; name: string })[];
}

/**
 * Writes a plan to `plans/<hash>.json` in the results folder; equal plans have the same name.
 * @param command the command that resumes the plan
 * @returns `file` as an absolute path
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
  args?: readonly string[],
): Promise<{ file: string; plan: PlanFile }> {
  const runs = planned.map(({ task, method, shots, seed, run }, index) => ({
    ...{ index, name: runName(run.config) },
    ...{ task, method, shots, seed },
  }));
  const plan: PlanFile = {
    ...{ format: 1, created: new Date().toISOString(), settings: withFullPaths(settings) },
    ...{ command, ...(args && { args: [...args], folder: process.cwd() }), runs },
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
 * console.log(await readPlan('absent.json').catch(error => error.message)); // absent.json cannot be read: …
 * ```
 */
export async function readPlan(file: string): Promise<PlanFile> {
  const bytes = await readPlainFile(file).catch((cause: Error) => {
    throw new Error(`${cause.message} \`dgprompt bench\` writes plans.`, { cause });
  });
  const wrong = () => new Error(`${file} is not a plan of runs; \`dgprompt bench\` writes plans.`);
  let plan: unknown;
  try {
    plan = parseJson(new TextDecoder().decode(bytes));
  } catch {
    throw wrong();
  }
  if (mismatch(planSchema, plan) !== undefined) throw wrong();
  return plan as PlanFile;
}

const runSchema = z.looseObject({
  index: z.int().min(0),
  /** A folder name that cannot lead elsewhere. */
  name: z.string().regex(/^[\w-]+$/),
  task: z.string(),
  method: z.string(),
  shots: z.int().min(0),
  seed: z.int(),
});

const planSchema = z.looseObject({
  format: z.literal(1),
  created: z.string(),
  settings: z.looseObject({}),
  command: z.string(),
  args: z.array(z.string()).optional(),
  folder: z.string().optional(),
  runs: z.array(runSchema),
});
