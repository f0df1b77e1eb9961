import type { Clip } from '@dgprompt/clip';
import type { Classes, Recipe, TaskInfo } from '../learner/types.js';
import type { GivenOptions, MethodDefinition } from './definition.js';
import { checkOptions } from './option-schema.js';
import { mergedOptions } from './option-tree.js';
import { recipeKeys, resolvedRecipe } from './recipe.js';
import { type Task, taskKeys, taskOf } from './task.js';

/** The settings that every method has in addition to its options. */
export interface Settings extends TaskInfo, Recipe {
  /** Seed of the initial prompts, and of shuffling and augmentation unless `train` gets another. */
  seed: number;
}

/** A method's option values for its task. */
export interface Resolved<O> extends Task {
  options: O;
  recipe: Recipe;
  /** Published depths that were lowered to this CLIP's. */
  capped: Record<string, number>;
}

const settingKeys: readonly string[] = [...recipeKeys, 'seed', ...taskKeys];

/**
 * Resolves a method's options: its defaults, then its recipe for this protocol, dataset and number of shots, then the
 * given values. Published depths beyond this CLIP's are lowered to it; given ones are not.
 *
 * @throws one sentence for an unknown option (with the nearest known one), a value that its schema rejects, or a depth
 *   above the towers'
 */
export function resolveOptions<O extends object>(
  definition: MethodDefinition<O>,
  clip: Clip,
  classes: Classes,
  given: GivenOptions<O> & Partial<Settings>,
): Resolved<O> {
  const { name } = definition;
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const own = pick(chosen, key => !settingKeys.includes(key) || key in definition.options);
  const task = taskOf(name, classes, chosen);
  if (task.task.descriptions && !definition.described)
    throw new Error(`${name} takes no sentences about classes; leave descriptions out.`);

  const published = definition.recipe(task.task);
  const isRecipe = (key: string) => (recipeKeys as readonly string[]).includes(key);
  const options = mergedOptions(
    mergedOptions(
      definition.options,
      pick(published, key => !isRecipe(key)),
    ),
    own,
  );
  checkOptions(definition, options, settingKeys);
  const recipe = resolvedRecipe(name, pick(published, isRecipe), pick(chosen, isRecipe));

  const capped: Record<string, number> = {};
  for (const [key, limit] of Object.entries(definition.limits?.(clip, options) ?? {}) as [keyof O & string, number][]) {
    const value = options[key] as number;
    if (value <= limit) continue;
    if (key in chosen)
      throw new Error(
        `${name}: ${key} ${value} is more than the ${limit}${key === 'heads' ? '' : ' layers'} that this CLIP has for it; give at most ${limit}.`,
      );
    capped[key] = value;
    Object.assign(options, { [key]: limit });
  }
  const isChosen = recipe.epochs === 0 || ['lr', 'epochs', 'batch'].every(key => key in chosen);
  return { ...task, assumed: isChosen ? undefined : task.assumed, options, recipe, capped };
}

const pick = (from: object, wanted: (key: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => wanted(key)));
