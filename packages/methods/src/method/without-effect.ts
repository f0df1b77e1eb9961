import { takesSteps } from '../learner/forward.js';
import type { PromptLearner, Recipe } from '../learner/types.js';
import type { MethodDefinition } from './definition.js';
import { flatOptions } from './option-tree.js';
import { recipeKeys } from './recipe.js';

/** The options that a method was given, and what they resolve to. */
interface Given<O extends object> {
  /** The recipe without any of them. */
  published: Partial<Recipe>;
  /** In the method's name, as `lr=0.01` of `coop:lr=0.01`: for this method alone. */
  named: object;
  /** By the caller, possibly for several methods, or all options of a saved run. */
  given: object;
  options: O;
  recipe: Recipe;
  learner: PromptLearner;
}

/**
 * Rejects options without effect: their results would get a separate row, with the numbers of another.
 * @throws one sentence naming the first such option and the reason
 */
export function checkEffects<O extends object>(
  id: string,
  definition: MethodDefinition<O>,
  { published, named, given, options, recipe, learner }: Given<O>,
): void {
  const training = takesSteps({ recipe, learner });
  const why = learner.fit ? 'is fitted at once, without gradient steps' : 'trains nothing';
  for (const key of Object.keys(flatOptions(named))) {
    const isRecipe = (recipeKeys as readonly string[]).includes(key.split('.')[0]!);
    const fitsToViews = ['cropScale', 'augmentation'].includes(key) && published.cropScale !== undefined;
    if (isRecipe && !training && !fitsToViews) throw withoutEffect(id, key, `${definition.name} ${why}`);
  }
  const standard = flatOptions(definition.options);
  const isOther = (key: string) => JSON.stringify(flatOptions(given)[key]) !== JSON.stringify(standard[key]);
  for (const [key, reason] of Object.entries(definition.noEffect?.(options) ?? {})) {
    if (!reason) continue;
    if (key in flatOptions(named) || (key in flatOptions(given) && isOther(key))) throw withoutEffect(id, key, reason);
  }
}

const withoutEffect = (id: string, key: string, reason: string): Error =>
  new Error(`${id}: ${key} has no effect, since ${reason}; leave it out.`);
