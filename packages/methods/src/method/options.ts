import type { Clip } from '@dgprompt/clip';
import { unknownName } from '@dgprompt/io';
import type { Recipe, TaskInfo } from '../learner/types.js';
import type { GivenOptions, MethodDefinition } from './definition.js';
import { checkOptions } from './option-schema.js';
import { mergedOptions } from './option-tree.js';

/** The settings that every method has in addition to its options. */
export interface Settings extends TaskInfo, Recipe {
  /** Seed of the initial prompts, and of shuffling and augmentation unless `train` gets another. */
  seed: number;
}

/** A method's options with the values to use. */
export interface Resolved<O> {
  options: O;
  recipe: Recipe;
  task: TaskInfo;
  seed: number;
  /** Published depths that were lowered to this CLIP's. */
  capped: Record<string, number>;
}

const defaultTask: TaskInfo = { protocol: 'few-shot', shots: 16, dataset: '', templates: ['a photo of a {}.'] };
const taskKeys = Object.keys(defaultTask);
const protocols = ['base-to-new', 'few-shot', 'cross-dataset', 'domain-generalization'] as const;
/** The part of a recipe that is about training; the rest are options. */
export const recipeKeys = ['lr', 'epochs', 'batch', 'accumulate', 'clipGradients'] as const;
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
  given: GivenOptions<O> & Partial<Settings>,
): Resolved<O> {
  const { name } = definition;
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const own = pick(chosen, key => !settingKeys.includes(key) || key in definition.options);
  const task = { ...defaultTask, ...pick(chosen, key => taskKeys.includes(key)) } as TaskInfo;
  checkTask(name, task);

  const published = definition.recipe(task);
  const isRecipe = (key: string) => (recipeKeys as readonly string[]).includes(key);
  const options = mergedOptions(
    mergedOptions(
      definition.options,
      pick(published, key => !isRecipe(key)),
    ),
    own,
  );
  checkOptions(definition, options, settingKeys);
  const recipe = { ...pick(published, isRecipe), ...pick(chosen, isRecipe) } as unknown as Recipe;
  checkRecipe(name, recipe);

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
  return { options, recipe, task, seed: (chosen.seed as number | undefined) ?? 1, capped };
}

function checkTask(name: string, { protocol, shots, templates }: TaskInfo): void {
  if (!protocols.includes(protocol)) throw new Error(unknownName('protocol', protocol, protocols));
  if (!Number.isInteger(shots) || shots < 1)
    throw new Error(`${name}: shots is ${shots}; it must be a whole number of at least 1.`);
  if (templates.length === 0)
    throw new Error(`${name}: templates is empty; give at least one, such as "a photo of a {}.".`);
}

/**
 * Checks the numbers of a recipe.
 * @throws one sentence naming the wrong number
 */
export function checkRecipe(name: string, { lr, epochs, batch, accumulate = 1, clipGradients = 1 }: Recipe): void {
  if (!(Number.isFinite(lr) && lr > 0))
    throw new Error(`${name}: the learning rate (lr) is ${lr}; it must be above 0.`);
  if (!(clipGradients > 0)) throw new Error(`${name}: clipGradients is ${clipGradients}; it must be above 0.`);
  for (const [key, value] of Object.entries({ epochs, batch, accumulate }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name}: ${key} is ${value}; it must be a whole number of at least 1.`);
}

const pick = (from: object, wanted: (key: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => wanted(key)));
