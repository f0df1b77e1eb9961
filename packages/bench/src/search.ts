import { type MethodFactory, methodVariant, withRecipe } from '@dgprompt/methods';
import { type BenchOptions, bench } from './bench.js';
import { chooseSetting, meanOf, type Rule, type Tried } from './choose-setting.js';
import { combinations, type GridFactors, searchStages } from './search-grid.js';

/** What a search found: for each method the setting to use on every task, and all that was tried. */
export interface SearchResult {
  format: 1;
  suite: string;
  tasks: string[];
  shots: number;
  seed: number;
  /** SHA-256 of the CLIP's weights. */
  model: string;
  rule: Rule;
  methods: Record<string, { chosen: string; validation: number; stages: Tried[][] }>;
}

export interface SearchOptions extends Omit<BenchOptions, 'protocol' | 'seeds' | 'epochs' | 'validate'> {
  seed?: number;
  rule?: Rule;
  factors?: GridFactors;
}

/**
 * Chooses hyper-parameters, once for all tasks, by the accuracy on validation images of base classes. Neither test images nor new
 * classes are looked at. Every run leaves its record, as in `bench`, and the same call goes on where it was stopped.
 *
 * @throws a sentence if runs failed, since a mean over other tasks would compare nothing; the signal's reason when aborted
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { seed = 1, rule = 'best', factors, ...setting } = options;
  const { methods, suite, shots = 16, clip, signal } = options;
  const tasks = [...(options.tasks ?? suite.tasks)];
  const found: SearchResult['methods'] = {};
  for (const method of methods) {
    let chosen: string[] = [];
    let validation = 0;
    const stages: Tried[][] = [];
    for (const stage of searchStages(method, shots, factors)) {
      const texts = combinations(stage);
      const variants = texts.map(text => variantOf(method, chosen, text));
      const { records, failed } = await bench({
        ...{ ...setting, methods: variants, seeds: [seed], protocol: 'base-validation' },
        code: codeOf(variants, options),
      });
      signal?.throwIfAborted();
      if (failed.length > 0)
        throw new Error(
          `The search stopped at ${method.id}: ${failed.length} runs failed, the first with: ${failed[0]!.error.message} The same command tries them again.`,
        );
      const tried = texts.map((text, i): Tried => {
        const own = records.filter(({ config }) => config.method === variants[i]!.id);
        const accuracies = Object.fromEntries(own.map(({ config, result }) => [config.task, result.base.top1]));
        return { options: [...chosen, text].join('+'), tasks: accuracies, mean: meanOf(accuracies) };
      });
      const best = chooseSetting(tried, rule);
      stages.push(tried);
      chosen = [best.options];
      validation = best.mean;
    }
    found[method.id] = { chosen: chosen.join('+'), validation, stages };
  }
  return { format: 1, suite: suite.name, tasks, shots, seed, model: clip.id, rule, methods: found };
}

function variantOf(method: MethodFactory, chosen: readonly string[], text: string): MethodFactory {
  const base = chosen.length > 0 ? withRecipe(method, chosen.join('+')) : method;
  return methodVariant(base, text);
}

/** The user's own methods keep their file's hash under each setting's name. */
function codeOf(variants: readonly MethodFactory[], { code }: SearchOptions): Map<string, string> {
  const known = variants.flatMap(({ id, definition }) => {
    const hash = code?.get(definition.name);
    return hash === undefined ? [] : [[id, hash] as const];
  });
  return new Map(known);
}
