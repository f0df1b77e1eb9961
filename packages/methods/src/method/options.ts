import type { Clip } from '@dgprompt/clip';
import type { Classes, Recipe, TaskInfo } from '../learner/types.js';
import type { GivenOptions, MethodDefinition } from './definition.js';
import { checkOptions } from './option-schema.js';
import { isGroup, mergedOptions } from './option-tree.js';
import { type Task, taskKeys, taskOf } from './task.js';

/** The settings that every method has in addition to its options. */
export interface Settings extends TaskInfo, Recipe {
  /** Seed of the initial prompts, and of shuffling and augmentation unless `train` gets another. */
  seed: number;
}

/** A method's options with the values to use, for its task. */
export interface Resolved<O> extends Task {
  options: O;
  recipe: Recipe;
  /** Published depths that were lowered to this CLIP's. */
  capped: Record<string, number>;
}

/** The part of a recipe that is about training; the rest are options. */
export const recipeKeys = [
  'lr',
  'epochs',
  'batch',
  'accumulate',
  'clipGradients',
  'optimizer',
  'schedule',
  'episode',
] as const;
const settingKeys: readonly string[] = [...recipeKeys, 'seed', ...taskKeys];

/**
 * Puts a method's options together: its defaults, then its recipe for this protocol, dataset and number of shots, then
 * the given values. Published depths beyond this CLIP's are lowered to it; given ones are not.
 *
 * @throws one sentence for an unknown option (with the nearest known one), a value that its schema refuses, a depth
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
  const recipe = mergedRecipe(pick(published, isRecipe), pick(chosen, isRecipe)) as unknown as Recipe;
  if (published.epochs === 0) recipe.epochs = 0; // no gradient steps, whatever other methods are given
  checkRecipe(name, recipe, published.epochs === 0 ? 0 : 1);

  const capped: Record<string, number> = {};
  for (const [key, limit] of Object.entries(definition.limits?.(clip, options) ?? {}) as [keyof O & string, number][]) {
    const value = options[key] as number;
    if (value <= limit) continue;
    if (key in chosen)
      throw new Error(
        `${name}: ${key} ${value} is more than the ${limit} layers that this CLIP has for it; give at most ${limit}.`,
      );
    capped[key] = value;
    Object.assign(options, { [key]: limit });
  }
  const isChosen = recipe.epochs === 0 || ['lr', 'epochs', 'batch'].every(key => key in chosen);
  return { ...task, assumed: isChosen ? undefined : task.assumed, options, recipe, capped };
}

/** A recipe with given numbers in place of the published ones; another optimizer or schedule replaces all of its own. */
function mergedRecipe(published: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const before = { ...published };
  for (const [key, value] of Object.entries(given)) {
    const old = before[key];
    if (isGroup(value) && isGroup(old) && value.name !== undefined && value.name !== old.name) delete before[key];
  }
  return mergedOptions(before, given);
}

/**
 * Checks the numbers of a recipe.
 * @param leastEpochs 0 for a method that may have no gradient steps
 * @throws one sentence naming the wrong number
 */
export function checkRecipe(name: string, recipe: Recipe, leastEpochs = 1): void {
  const { lr, epochs, batch, accumulate = 1, clipGradients = 1, episode } = recipe;
  if (!(Number.isFinite(lr) && lr > 0))
    throw new Error(`${name}: the learning rate (lr) is ${lr}; it must be above 0.`);
  if (!(clipGradients > 0)) throw new Error(`${name}: clipGradients is ${clipGradients}; it must be above 0.`);
  const counts = { epochs, batch, accumulate, ...(episode === undefined ? {} : { episode }) };
  for (const [key, value] of Object.entries(counts)) {
    const least = key === 'epochs' ? leastEpochs : key === 'episode' ? 2 : 1;
    if (!Number.isInteger(value) || value < least)
      throw new Error(`${name}: ${key} is ${value}; it must be a whole number of at least ${least}.`);
  }
  if (episode !== undefined && episode < batch)
    throw new Error(
      `${name}: an episode of ${episode} classes may be too small for the labels of a batch of ${batch} images; give an episode of at least ${batch}, or a smaller batch.`,
    );
}

const pick = (from: object, wanted: (key: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => wanted(key)));
