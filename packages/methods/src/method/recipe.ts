import {
  checkSchedule,
  type OptimizerSettings,
  optimizerSettings,
  publishedSchedule,
  type ScheduleSettings,
} from '@dgprompt/engine/optim';
import { checkAugmentation } from '@dgprompt/images';
import type { Recipe } from '../learner/types.js';
import { isGroup, mergedOptions } from './option-tree.js';

/** The part of a recipe that is about training; the rest are options. */
export const recipeKeys = [
  'lr',
  'epochs',
  'batch',
  'keepLast',
  'accumulate',
  'clipGradients',
  'optimizer',
  'schedule',
  'episode',
  'cropScale',
  'augmentation',
] as const;

/** Settings that can follow a method's name, each with a value of its type: `optimizer.name=adamw`. */
export const recipeLeaves: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['lr', 0.01],
  ...['epochs', 'batch', 'accumulate', 'clipGradients', 'episode'].map(key => [key, 1] as const),
  ['keepLast', true],
  ['optimizer.name', 'sgd'],
  ...['momentum', 'weightDecay', 'beta1', 'beta2', 'eps'].map(key => [`optimizer.${key}`, 0.1] as const),
  ...['nesterov', 'decayVectors'].map(key => [`optimizer.${key}`, true] as const),
  ['schedule.name', 'cosine'],
  ['schedule.per', 'epoch'],
  ['schedule.period', undefined], // a word or a number
  ['schedule.repeat', 1],
  ['schedule.anneal', 'cos'],
  ['schedule.milestones', [1]],
  ['schedule.threePhase', true],
  ...['stepSize', 'gamma', 'etaMin', 'startFactor', 'endFactor', 'pctStart', 'divFactor', 'finalDivFactor'].map(
    key => [`schedule.${key}`, 0.1] as const,
  ),
  ['cropScale', 0.5],
  ['augmentation', 'crops'],
  ['schedule.warmup.kind', 'constant'],
  ...['epochs', 'steps', 'lr', 'from'].map(key => [`schedule.warmup.${key}`, 0.1] as const),
]);

/**
 * A recipe in which given numbers replace the published ones. An optimizer or schedule with a name replaces the
 * published one; without a name, it changes single settings of it.
 */
function mergedRecipe(published: Partial<Recipe>, given: Partial<Recipe>): Recipe {
  const merged: Partial<Recipe> = { ...published, ...given };
  if (given.augmentation === 'randaugment') merged.cropScale = given.cropScale; // a published one is for crops
  merged.optimizer = named(published.optimizer, given.optimizer, { name: 'sgd' });
  merged.schedule = named(published.schedule, given.schedule, publishedSchedule as ScheduleSettings);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as unknown as Recipe;
}

/**
 * The recipe of a method: `mergedRecipe`, checked. A method published without gradient steps takes none, whatever is
 * given for other methods.
 * @throws one sentence naming the wrong number
 */
export function resolvedRecipe(name: string, published: Partial<Recipe>, given: Partial<Recipe>): Recipe {
  const recipe = mergedRecipe(published, given);
  if (published.epochs === 0) recipe.epochs = 0;
  checkRecipe(name, recipe, published.epochs === 0 ? 0 : 1);
  return recipe;
}

function named<T extends { name: string }>(published: T | undefined, given: T | undefined, standard: T): T | undefined {
  if (given === undefined && published === undefined) return undefined;
  const before = published?.name === undefined ? mergedOptions(standard, published ?? {}) : published;
  if (given === undefined) return before;
  return given.name === undefined ? mergedOptions(before, given) : given;
}

/**
 * Checks the numbers of a recipe.
 * @param leastEpochs 0 for a method that may have no gradient steps
 * @throws one sentence naming the wrong number
 */
function checkRecipe(name: string, recipe: Recipe, leastEpochs = 1): void {
  const { lr, epochs, batch, keepLast = false, accumulate = 1, clipGradients = 1, episode, cropScale = 1 } = recipe;
  const { augmentation = 'crops' } = recipe;
  if (!(Number.isFinite(lr) && lr > 0))
    throw new Error(`${name}: the learning rate (lr) is ${lr}; it must be above 0.`);
  if (typeof keepLast !== 'boolean')
    throw new Error(`${name}: keepLast is ${JSON.stringify(keepLast)}; it must be true or false.`);
  if (!(clipGradients > 0)) throw new Error(`${name}: clipGradients is ${clipGradients}; it must be above 0.`);
  if (!(cropScale > 0 && cropScale <= 1))
    throw new Error(`${name}: cropScale is ${cropScale}; it must be above 0 and at most 1, the whole image.`);
  if (augmentation === 'randaugment' && recipe.cropScale !== undefined)
    throw new Error(`${name}: cropScale has no effect, since RandAugment sees whole images; leave it out.`);
  const least: Record<string, number> = { epochs: leastEpochs, batch: 1, accumulate: 1, episode: 2 };
  for (const [key, value] of Object.entries({ epochs, batch, accumulate, episode }))
    if (value !== undefined && !(Number.isInteger(value) && value >= least[key]!))
      throw new Error(
        `${name}: ${key} is ${JSON.stringify(value)}; it must be a whole number of at least ${least[key]}.`,
      );
  if (episode !== undefined && episode < batch)
    throw new Error(
      `${name}: an episode of ${episode} classes may be too small for the labels of a batch of ${batch} images; give an episode of at least ${batch}, or a smaller batch.`,
    );
  try {
    checkAugmentation(augmentation);
    if (recipe.optimizer) optimizerSettings(checkedGroup('optimizer', recipe.optimizer) as OptimizerSettings);
    if (recipe.schedule && epochs > 0)
      checkSchedule(checkedGroup('schedule', recipe.schedule) as ScheduleSettings, { epochs });
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function checkedGroup(key: string, value: unknown): unknown {
  if (!isGroup(value)) throw new Error(`${key} is ${JSON.stringify(value)}; it must be an object with a name.`);
  return value;
}
