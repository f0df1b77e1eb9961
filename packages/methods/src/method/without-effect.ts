import { takesSteps } from '../learner/forward.js';
import type { PromptLearner, Recipe } from '../learner/types.js';
import type { MethodDefinition } from './definition.js';
import { optionValues } from './option-text.js';
import { flatOptions, mergedOptions } from './option-tree.js';
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
    const fitsToViews = ['cropScale', 'augmentation'].includes(key) && learner.readsAugmented;
    if (isRecipe && !training && !fitsToViews) throw withoutEffect(id, key, `${definition.name} ${why}`);
  }
  const standard = flatOptions(mergedOptions(definition.options, published));
  const [byName, byCaller] = [flatOptions(named), flatOptions(given)];
  const isOther = (key: string) => key in byCaller && JSON.stringify(byCaller[key]) !== JSON.stringify(standard[key]);
  for (const [idle, reason] of Object.entries(definition.noEffect?.(options) ?? {})) {
    if (!reason) continue;
    const key = Object.keys({ ...byName, ...byCaller }).find(
      one => (one === idle || one.startsWith(`${idle}.`)) && (one in byName || isOther(one)),
    );
    if (key !== undefined) throw withoutEffect(id, key, reason);
  }
}

/**
 * Checks a method that is trained on whole images.
 * @throws one sentence if its name sets random views, as `coop:cropScale=0.5` does
 *
 * @example
 * ```ts
 * import { checkWholeImages } from '@dgprompt/methods/method';
 *
 * try {
 *   checkWholeImages('coop:cropScale=0.5');
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // coop:cropScale=0.5: cropScale=0.5 has no effect, since training sees whole images; leave it out, …
 * }
 * ```
 */
export function checkWholeImages(id: string): void {
  const named = optionValues(id.slice(id.indexOf(':') + 1));
  const key = ['cropScale', 'augmentation'].find(one => named.has(one));
  if (key !== undefined)
    throw new Error(
      `${id}: ${key}=${named.get(key)} has no effect, since training sees whole images; leave it out, or train on random views (for instance 8 of each image, with cacheFeatures).`,
    );
}

const withoutEffect = (id: string, key: string, reason: string): Error =>
  new Error(`${id}: ${key} has no effect, since ${reason}; leave it out.`);
