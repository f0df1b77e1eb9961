import { pillow } from '@dgprompt/images';
import type { MethodFactory } from '@dgprompt/methods';
import { mergeOptionText, splitOptions } from '@dgprompt/methods/method';
import { bench } from '../bench.js';
import { descriptionsHash } from '../data/descriptions.js';
import { variantOf, withVariant } from '../methods/names.js';
import type { RunRecord } from '../records/record.js';
import type { BenchOptions } from '../runs/runner.js';
import { validationSuite } from '../suites/validation-suite.js';
import { harmonicMean } from '../tables/table.js';
import { type GridFactors, searchStages } from './grid.js';
import type { SearchedMethod, SearchResult, Tried } from './result.js';

export interface SearchOptions
  extends Omit<BenchOptions, 'seeds' | 'epochs' | 'validate' | 'shots' | 'protocol' | 'sources'> {
  /** Training images per class. Defaults to 16. */
  shots?: number;
  seed?: number;
  factors?: GridFactors;
}

/**
 * Chooses hyperparameters once for all tasks, within the base classes and on their validation images (see
 * `validationSuite`): the setting with the highest H, or with the highest base accuracy if a method cannot take new
 * classes; each stage starts from the best setting so far. Every run leaves its record, as in `bench`, and the same
 * call resumes an interrupted search.
 *
 * @throws one sentence if runs failed, since means over different tasks cannot be compared; the signal's reason when
 *   aborted
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openSuite, search } from '@dgprompt/bench';
 * import { loadClip } from '@dgprompt/clip';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const { methods } = await search({
 *   clip: await loadClip(miniClip),
 *   suite: await openSuite('pictograms'),
 *   methods: [], // such as [coop, maple]
 *   results: mkdtempSync(join(tmpdir(), 'x-')),
 * });
 * console.log(Object.keys(methods)); // []
 * ```
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { methods, suite, shots = 16, seed = 1, clip, precision = 'fp32', described, code } = options;
  const tasks = [...(options.tasks ?? suite.tasks)];
  const found = new Map<string, SearchedMethod>();
  for (const method of methods) {
    const { name, fixed } = nameOf(method, methods);
    const hash = code?.get(method.id);
    found.set(name, {
      ...(await searchMethod(method, fixed, { ...options, tasks, shots, seed })),
      ...(described && method.definition.described && { descriptions: descriptionsHash(described.all) }),
      ...(hash !== undefined && { code: hash }),
    });
  }
  return {
    format: 1,
    suite: suite.name,
    tasks,
    shots,
    seed,
    model: clip.id,
    ...(precision !== 'fp32' && { precision }),
    ...(pillow() === 13 && { pillow: 13 }),
    methods: Object.fromEntries(found),
  };
}

/**
 * The name to store settings under. Options in a method's id, as in `clip-lora:epochs=20`, count as settings of the
 * method, unless it is also searched with other options.
 */
function nameOf(method: MethodFactory, methods: readonly MethodFactory[]) {
  const { name } = method.definition;
  const isAlone = methods.filter(({ definition }) => definition.name === name).length === 1;
  const fixed = variantOf(method);
  const isOptions = splitOptions(fixed).every(part => part.includes('='));
  return isAlone && isOptions ? { name, fixed } : { name: method.id, fixed: '' };
}

async function searchMethod(
  method: MethodFactory,
  fixed: string,
  { factors, seed, ...setting }: SearchOptions & { tasks: string[]; shots: number; seed: number },
): Promise<SearchedMethod> {
  const tried: Tried[] = [];
  let best: Tried | undefined;
  for (const stage of searchStages(method, setting.shots, factors)) {
    const all = stage.map(text => mergeOptionText(best?.options ?? fixed, text));
    const variants = all.map(text => withVariant(method, text));
    const { records, failed } = await bench({
      ...{ ...setting, suite: validationSuite(setting.suite), methods: variants, seeds: [seed], retryFailed: true },
      code: codeOf(method, variants, setting.code),
    });
    setting.signal?.throwIfAborted();
    if (failed.length > 0)
      throw new Error(
        `The search stopped at ${method.id}: ${failed.length} runs failed, the first with: ${failed[0]!.error.message} Run the command again to retry them.`,
      );
    for (const [i, text] of all.entries()) {
      const own = records.filter(({ config }) => config.method === variants[i]!.id);
      const one = { options: text, ...scoreOf(own) };
      tried.push(one);
      if (!best || worth(one) > worth(best)) best = one;
    }
  }
  return { chosen: best!.options, tried };
}

/** The criterion for choosing a setting. */
const worth = ({ H, base }: Tried) => H ?? base;

/** As in tables: H of the means over tasks. */
function scoreOf(records: readonly RunRecord[]): Omit<Tried, 'options'> {
  const mean = (of: 'base' | 'new') => records.reduce((sum, { tests }) => sum + tests[of]!.top1, 0) / records.length;
  const base = mean('base');
  if (!records.every(({ tests }) => tests.new)) return { base };
  const fresh = mean('new');
  return { base, new: fresh, H: harmonicMean(base, fresh) };
}

/** Keeps the file hash of a custom method under the name of each setting. */
function codeOf(
  method: MethodFactory,
  variants: readonly MethodFactory[],
  code?: ReadonlyMap<string, string>,
): Map<string, string> {
  const hash = code?.get(method.id);
  return new Map(hash === undefined ? [] : variants.map(({ id }) => [id, hash] as const));
}
