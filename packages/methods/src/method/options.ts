import type { Clip } from '@dgprompt/clip';
import { unknownName } from '@dgprompt/io';
import type { MethodDefinition, Recipe, TaskInfo } from './types.js';

/** What a method can be given beside its own options. */
export interface Settings extends TaskInfo, Recipe {
  /** Seed of the start, and of shuffling and augmentation unless `train` gets another. */
  seed: number;
}

/** A method's options with the values to use. */
export interface Resolved<O> {
  options: O;
  recipe: Recipe;
  about: TaskInfo;
  seed: number;
  /** Published values that were lowered to this CLIP's depth. */
  capped: Record<string, number>;
}

const defaultAbout: TaskInfo = { protocol: 'few-shot', shots: 16, dataset: '', templates: ['a photo of a {}.'] };
const protocols = ['base-to-new', 'few-shot', 'cross-dataset', 'domain-generalization'] as const;
/** What a recipe says of training; the rest of it are options. */
export const recipeKeys = ['lr', 'epochs', 'batch', 'accumulate', 'clipGradients'] as const;

/**
 * Puts a method's options together: its defaults, then its recipe for this protocol, dataset and number of shots, then what
 * the user gave. Counts of layers that are published for deeper towers are lowered to this CLIP's; the user's own are not.
 *
 * @throws a sentence for an unknown option (with the nearest known one), a value of another type, a depth above the towers'
 */
export function resolveOptions<O extends object>(
  definition: MethodDefinition<O>,
  clip: Clip,
  given: Partial<O & Settings>,
): Resolved<O> {
  const { name, options: defaults } = definition;
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const own = Object.keys(defaults);
  const known = [...own, ...recipeKeys, 'seed', ...Object.keys(defaultAbout)];
  for (const key of Object.keys(chosen))
    if (!known.includes(key)) throw new Error(unknownName(`option of ${name}`, key, known));

  const about = { ...defaultAbout, ...pick(chosen, Object.keys(defaultAbout)) } as TaskInfo;
  if (!protocols.includes(about.protocol)) throw new Error(unknownName('protocol', about.protocol, protocols));
  if (!Number.isInteger(about.shots) || about.shots < 1)
    throw new Error(`${name}: shots is ${about.shots}; it must be a whole number of at least 1.`);
  if (about.templates.length === 0)
    throw new Error(`${name}: templates is empty; give at least one, such as "a photo of a {}.".`);

  const published = definition.recipe(about);
  const options = { ...defaults, ...pick(published, own), ...pick(chosen, own) } as O;
  checkTypes(name, defaults, options);
  for (const [key, values] of Object.entries(definition.choices ?? {}) as [keyof O & string, readonly string[]][])
    if (!values.includes(options[key] as string))
      throw new Error(`${name}: ${unknownName(key, options[key] as string, values)}`);
  const recipe = { ...pick(published, recipeKeys), ...pick(chosen, recipeKeys) } as unknown as Recipe;
  checkRecipe(name, recipe);

  const capped: Record<string, number> = {};
  const limits: { [K in keyof O]?: number } = definition.limits?.(clip, options) ?? {};
  for (const key of Object.keys(limits) as (keyof O & string)[]) {
    const [limit, value] = [limits[key]!, options[key] as number];
    if (value <= limit) continue;
    if (key in chosen)
      throw new Error(
        `${name}: ${key} ${value} is more than the ${limit} layers that this CLIP has for it; give at most ${limit}.`,
      );
    capped[key] = value;
    (options as Record<string, unknown>)[key] = limit;
  }
  return { options, recipe, about, seed: (chosen.seed as number | undefined) ?? 1, capped };
}

/**
 * Checks the numbers of a recipe.
 * @throws a sentence naming the number that cannot be
 */
export function checkRecipe(name: string, { lr, epochs, batch, accumulate = 1, clipGradients = 1 }: Recipe): void {
  if (!(Number.isFinite(lr) && lr > 0))
    throw new Error(`${name}: the learning rate (lr) is ${lr}; it must be above 0.`);
  if (!(clipGradients > 0)) throw new Error(`${name}: clipGradients is ${clipGradients}; it must be above 0.`);
  for (const [key, value] of Object.entries({ epochs, batch, accumulate }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name}: ${key} is ${value}; it must be a whole number of at least 1.`);
}

/** Numbers stay numbers, and lists lists: an option from a command line or a file must be of its default's type. */
function checkTypes(name: string, defaults: object, options: object): void {
  for (const [key, value] of Object.entries(options)) {
    const standard = (defaults as Record<string, unknown>)[key];
    if (standard === undefined || standard === null) continue;
    const [expected, found] = [standard, value].map(v => (Array.isArray(v) ? 'list' : typeof v));
    if (expected !== found)
      throw new Error(
        `${name}: ${key} is ${JSON.stringify(value)}; it must be a ${expected}, such as ${JSON.stringify(standard)}.`,
      );
    if (found === 'number' && !Number.isFinite(value))
      throw new Error(`${name}: ${key} is ${value}; it must be finite.`);
  }
}

function pick(from: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
