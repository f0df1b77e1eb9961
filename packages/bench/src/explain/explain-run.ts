import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { activeDevice } from '@dgprompt/engine';
import { pillow as currentPillow, type PillowVersion } from '@dgprompt/images';
import { type OnProgress, parseJson, readPlainFile, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { loadMethod, type MethodFactory } from '@dgprompt/methods';
import { controlTitles, type Explanation, explain } from '@dgprompt/methods/evaluation';
import type { Transform } from '@dgprompt/methods/transforms';
import { z } from 'zod';
import { computedIn, type RunConfig } from '../records/config.js';
import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { mismatch, named } from '../records/schema.js';
import type { TestSet } from '../suites/protocols/protocol.js';

/** What a run's conditioning is worth, as stored in its folder. */
export interface RunExplanation {
  format: 1;
  /** SHA-256 of the explained prompts. */
  prompts: string;
  /** Of the frozen towers; absent for float32. */
  precision?: RunConfig['precision'];
  /** The Pillow version whose resizing order was used. */
  pillow: PillowVersion;
  /** By test; empty for a method without conditioning. */
  tests: Record<string, Explanation>;
}

/** The file name in a run's folder. */
export const explanationFile = 'explain.json';

export interface ExplainRunOptions {
  clip: Clip;
  /** The user's own methods. */
  methods?: readonly MethodFactory[];
  /** The run's test sets, see `testSetsIn`; called only for a conditioned method. */
  tests(): Promise<Record<string, TestSet>>;
  transform?: Transform;
  signal?: AbortSignal;
  /** The phase is `images`, over all tests and controls. */
  onProgress?: OnProgress;
}

/**
 * Explains a finished run with the prompts in its folder, and stores the result there as `explain.json`. Reads an
 * existing result for the same prompts, precision and Pillow version instead. The wrong class set of a test is that of
 * another test without any of its classes, such as the new classes for the base classes.
 *
 * @throws one sentence if the run kept no prompts, they belong to another CLIP, or `useDevice` and `usePillow` have not
 *   set the run's precision and Pillow version; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { explainRun } from '@dgprompt/bench/explain';
 * import { loadClip } from '@dgprompt/clip';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository, without prompts
 * const options = { clip: await loadClip(miniClip), tests: async () => ({}) };
 * const explained = explainRun(records[0]!, 'docs/results/searched/x', options);
 * console.log(await explained.catch(({ message }) => message)); // docs/results/searched/x kept no prompts, …
 * ```
 */
export async function explainRun(
  { config, tests, checkpoint }: RunRecord,
  folder: string,
  { clip, methods = [], tests: testSets, ...options }: ExplainRunOptions,
): Promise<RunExplanation> {
  const facts = { prompts: await promptsOf(folder, checkpoint), ...computeOf(config) };
  const kept = await keptOf(folder, facts);
  if (kept) return kept;
  checkCompute(folder, config);
  const method = await loadMethod(join(folder, checkpoint!), clip, methods);
  try {
    const found: RunExplanation = { format: 1, ...facts, tests: bare() };
    if (controlTitles(method).length > 0) {
      const sets = Object.entries(await testSets()).filter(([name]) => own(tests, name));
      const { onProgress } = options;
      const total = sets.reduce((sum, [, { test }]) => sum + test.length, 0);
      let before = 0;
      for (const [name, set] of sets) {
        const share = set.test.length / total;
        found.tests[name] = await explain(method, set, {
          ...options,
          views: config.views,
          wrongClasses: wrongClasses(
            set,
            sets.map(([, one]) => one),
          ),
          onProgress: progress =>
            onProgress?.({ ...progress, done: before + (share * progress.done) / progress.total, total: 1 }),
        });
        before += share;
      }
    }
    await writeFileAtomic(join(folder, explanationFile), `${JSON.stringify(found)}\n`);
    return found;
  } finally {
    method.dispose();
  }
}

/**
 * The result in a run's folder; undefined if there is none, if it is of other prompts, another precision or another
 * Pillow version, or if its format is invalid.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { readExplanation } from '@dgprompt/bench/explain';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository, not explained
 * console.log(await readExplanation(records[0]!, 'docs/results/searched/x')); // undefined
 * ```
 */
export async function readExplanation(
  { config, checkpoint }: Pick<RunRecord, 'config' | 'checkpoint'>,
  folder: string,
): Promise<RunExplanation | undefined> {
  const prompts = await promptsOf(folder, checkpoint).catch(() => undefined);
  return prompts === undefined ? undefined : keptOf(folder, { prompts, ...computeOf(config) });
}

/** What decides an explanation's numbers. */
type Facts = Pick<RunExplanation, 'prompts' | 'precision' | 'pillow'>;

const computeOf = (config: RunConfig): Omit<Facts, 'prompts'> => ({
  ...(config.precision && { precision: config.precision }),
  pillow: computedIn(config).pillow,
});

/** The result for these facts in a run's folder. */
async function keptOf(folder: string, { prompts, precision, pillow }: Facts): Promise<RunExplanation | undefined> {
  try {
    const given = parseJson(new TextDecoder().decode(await readPlainFile(join(folder, explanationFile), 2 ** 24)));
    if (mismatch(explanationSchema, given) !== undefined) return undefined;
    const found = given as RunExplanation;
    const isSame = found.prompts === prompts && found.precision === precision && found.pillow === pillow;
    return isSame ? found : undefined;
  } catch {
    return undefined;
  }
}

/** @throws one sentence unless the run's precision and Pillow version are in use */
function checkCompute(folder: string, config: RunConfig): void {
  const { precision, pillow } = computedIn(config);
  if (activeDevice().precision !== precision || currentPillow() !== pillow)
    throw new Error(
      `${folder} was tested in ${precision} with Pillow ${pillow}; choose these with useDevice and usePillow before it is explained.`,
    );
}

/** @throws one sentence if there are none */
async function promptsOf(folder: string, checkpoint?: string): Promise<string> {
  const bytes = checkpoint && (await readFile(join(folder, checkpoint, 'prompts.safetensors')).catch(() => undefined));
  if (!bytes)
    throw new Error(`${folder} kept no prompts, so its run cannot be explained; run it again with dgprompt bench.`);
  return sha256Hex(bytes);
}

/** The classes of another test that shares none of these; undefined if there is no such test. */
function wrongClasses({ classNames }: TestSet, all: readonly TestSet[]): readonly string[] | undefined {
  const names = new Set(classNames);
  return all.find(one => one.classNames.every(name => !names.has(name)))?.classNames;
}

const percent = z.number();
const count = z.int().min(0);
const explanationSchema = z.looseObject({
  format: z.literal(1),
  prompts: z.string(),
  precision: z.enum(['fp16', 'int8']).optional(),
  pillow: z.literal([12, 13]),
  tests: named(
    z.looseObject({
      top1: percent,
      correct: count,
      images: count,
      controls: z.array(
        z.looseObject({
          control: z.string(),
          top1: percent,
          difference: percent,
          changed: percent,
          interval: z.looseObject({ low: percent, high: percent }),
          outcomes: z.looseObject({ both: count, lost: count, gained: count, neither: count }),
          unused: z.literal(true).optional(),
        }),
      ),
    }),
  ),
});
