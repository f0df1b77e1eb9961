import type { Clip } from '@dgprompt/clip';
import { leaves, type SeededRandom, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { type Inference, inference } from '../evaluation/inference.js';
import { predict } from '../evaluation/predict.js';
import { contextsOf } from '../learner/contexts.js';
import { promptedImages, takesSteps, wantsFrozen } from '../learner/forward.js';
import { isDataset } from '../learner/items.js';
import type { Classes, Method, PromptLearner } from '../learner/types.js';
import { checkLearner } from './check-learner.js';
import { checkClassNames } from './class-names.js';
import { checkContextLength } from './context-length.js';
import type { GivenOptions, MethodDefinition } from './definition.js';
import { memoryDefinition, memoryVariant } from './memory.js';
import { parseOption, splitOptions } from './option-text.js';
import { mergedOptions } from './option-tree.js';
import { type Resolved, resolveOptions, type Settings } from './options.js';
import { saveMethod } from './save.js';
import { warnOfSameTokens } from './warn.js';
import { checkEffects } from './without-effect.js';

/**
 * Applies a method to a CLIP and a dataset, whose classes, templates, shots, seed and protocol determine its recipe;
 * options take precedence. A list of class names also works; `assumed` then says which recipe it gets.
 */
export interface MethodFactory<O extends object = Record<string, unknown>> {
  (clip: Clip, classes: Classes, options?: GivenOptions<O> & Partial<Settings>): Method;
  /** The method's id, with its variant if it has one: `coop`, `coop:csc`. */
  readonly id: string;
  readonly definition: MethodDefinition<O>;
  /** Describes the method without drawing its initial prompts; throws what the call would throw. */
  resolve(clip: Clip, classes: Classes, options?: GivenOptions<O> & Partial<Settings>): ResolvedMethod;
}

/** Any method, whatever its options. */
export interface AnyMethod {
  (clip: Clip, classes: Classes, options?: never): Method;
  readonly id: string;
}

/** A method's settings on a CLIP and a list of classes, and how it learns. */
export interface ResolvedMethod
  extends Pick<Method, 'name' | 'classNames' | 'options' | 'recipe' | 'task' | 'assumed' | 'seed' | 'capped'> {
  /** By epochs of gradient steps, by one fit, or not at all. */
  training: 'epochs' | 'fit' | 'none';
  /** Whether image features depend on learned prompts, so that they cannot be precomputed. */
  promptedImages: boolean;
  /** Whether it adapts to each test image, so that it is tested in one view. */
  adapts: boolean;
  /** Whether it chooses settings by the labels of test images. */
  readsTest: boolean;
  /** Whether its fit reads random views of the training images. */
  readsAugmented: boolean;
  /** Whether the loss compares with the frozen CLIP's features. */
  wantsFrozen: boolean;
  /** Why the learned variables do not apply to these classes; undefined if they do. */
  refusal(classNames: readonly string[]): string | undefined;
}

/**
 * Makes a method from its definition: options with their published values, the recipe, and `build`, which returns
 * variables and two feature functions. Logits (cosine times CLIP's logit scale) and cross-entropy follow from these; a
 * method that needs more defines `logits`, `loss`, `gradients`, `fit`, `adapt` or `afterEpoch` itself.
 *
 * @returns a function of a CLIP, a dataset (or class names) and options; it throws one sentence for a wrong option or
 *   class name
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { defineMethod } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { textContext } from '@dgprompt/prompts';
 *
 * const short = defineMethod({
 *   name: 'short',
 *   options: { tokens: 2 },
 *   ranges: { tokens: [1, 16, 'whole'] },
 *   recipe: () => ({ lr: 0.002, epochs: 5, batch: 4 }),
 *   build(clip, { tokens }, random) {
 *     const text = textContext(clip, { tokens }, random);
 *     return { variables: text.variables, textFeatures: names => clip.text(names, { prompts: text }) };
 *   },
 * });
 * const clip = await loadClip(miniClip);
 * const method = short(clip, ['sun', 'moon'], { tokens: 3 });
 * console.log(method.options, method.recipe.epochs); // { tokens: 3 } 5
 * ```
 */
export function defineMethod<O extends object>(definition: MethodDefinition<O>): MethodFactory<O> {
  return factory(definition, definition.name);
}

/**
 * A method with another id and other settings: `csc` of `coop:csc` is one of CoOp's named variants, `depth=3` of
 * `maple:depth=3` a given option, and `prototype+lr=0.01` both. A named variant's settings are defaults that take
 * precedence over the recipe's. A method without logits of its own, whose text features other classes share, has the
 * variant `memory`, a memory of its classes (`classMemory` of `@dgprompt/guidance`), whose settings are then options as
 * well: `coop:memory+memory.strength=1`.
 *
 * @throws one sentence if the method has no variant, or no option, of that name, or if a value is wrong
 *
 * @example
 * ```ts
 * import { dgprompt, methodVariant } from '@dgprompt/methods';
 *
 * console.log(methodVariant(dgprompt, 'flat+guidance.rank=32').id); // dgprompt:flat+guidance.rank=32
 * ```
 */
export function methodVariant<O extends object>(method: MethodFactory<O>, variant: string): MethodFactory<O> {
  const own = method.definition.variants ?? {};
  const isMemory = (part: string) => part === memoryVariant && !Object.hasOwn(own, part);
  const all = splitOptions(variant, one => Object.hasOwn(own, one) || isMemory(one));
  if (all.some(isMemory) && 'memory' in method.definition.options)
    throw new Error(`${method.id} has a class memory of its own; leave out ":${memoryVariant}".`);
  const definition = all.some(isMemory) ? memoryDefinition(method.definition) : method.definition;
  const { name, options, variants = {}, recipe } = definition;
  let chosen: object = {};
  let given: object = {};
  for (const part of all.filter(one => !isMemory(one))) {
    if (Object.hasOwn(variants, part)) chosen = mergedOptions(chosen, variants[part]!);
    else if (part.includes('=')) given = mergedOptions(given, parseOption(definition, part));
    else {
      const known = [...Object.keys(variants), memoryVariant].join(', ');
      throw new Error(`Method ${name} has no variant "${part}". It has: ${known}; an option is given as option=value.`);
    }
  }
  const changed: MethodDefinition<O> = {
    ...definition,
    options: mergedOptions(options, chosen),
    recipe: task => mergedOptions(recipe(task), chosen),
  };
  return factory(changed, `${name}:${variant}`, given);
}

/**
 * The same method with published numbers replaced, in its recipe or its defaults. Variants and given options take
 * precedence.
 *
 * @param text options, `lr=0.007+epochs=10`
 * @throws one sentence if the method has no option of that name, or if a value is wrong
 *
 * @example
 * ```ts
 * import { maple, withRecipe } from '@dgprompt/methods';
 *
 * const { definition } = withRecipe(maple, 'lr=0.01');
 * const recipe = definition.recipe({ protocol: 'few-shot', shots: 16, images: 0, dataset: '', templates: [] });
 * console.log(recipe); // { lr: 0.01, epochs: 5, batch: 4 }
 * ```
 */
export function withRecipe<O extends object>(method: MethodFactory<O>, text: string): MethodFactory<O> {
  const { definition, id } = method;
  const numbers = splitOptions(text)
    .map(part => parseOption(definition, part))
    .reduce(mergedOptions<object>, {});
  return factory({ ...definition, recipe: task => mergedOptions(definition.recipe(task), numbers) }, id);
}

function factory<O extends object>(definition: MethodDefinition<O>, id: string, fixed: object = {}): MethodFactory<O> {
  type Given = GivenOptions<O> & Partial<Settings>;
  const build = (clip: Clip, classes: Classes, given: Given, random?: SeededRandom): Built => {
    const resolved = resolveOptions(definition, clip, classes, mergedOptions(given, fixed));
    const { task, options, seed } = resolved;
    const classNames = checkClassNames(resolved.classNames, task.dataset);
    const setting = { ...task, classNames };
    const learner = checkLearner(id, definition.build(clip, options, random ?? seededRandom(seed), setting));
    const built = { id, clip, resolved: { ...resolved, classNames }, learner, madeFor: classNames };
    try {
      const published = definition.recipe(task);
      checkEffects(id, definition, { published, named: fixed, given, options, recipe: resolved.recipe, learner });
      checkContext(built, classNames);
    } catch (error) {
      freeLearner(learner);
      throw error;
    }
    return built;
  };
  const make = (clip: Clip, classes: Classes, given = {} as Given): Method => {
    const built = build(clip, classes, given);
    if (!isDataset(classes)) warnOfSameTokens(clip, built.resolved.classNames);
    return instance(built, true);
  };
  const resolve = (clip: Clip, classes: Classes, given = {} as Given): ResolvedMethod => {
    const built = build(clip, classes, given, zeros);
    freeLearner(built.learner);
    return description(built);
  };
  return Object.assign(make, { id, definition, resolve });
}

/** Replaces random numbers for variables that are never read. */
const zeros: SeededRandom = {
  next: () => 0,
  integer: () => 0,
  shuffle: array => [...array],
  normal: shape => tf.zeros(shape),
  uniform: shape => tf.zeros(shape),
  fork: () => zeros,
};

interface Built {
  id: string;
  clip: Clip;
  resolved: Resolved<object>;
  learner: PromptLearner;
  /** The classes that the learner was built for. */
  madeFor: readonly string[];
}

function description({ id, resolved, learner }: Built): ResolvedMethod {
  const { options, recipe, task, seed, capped, classNames, assumed } = resolved;
  const trains = takesSteps({ recipe, learner });
  return {
    name: id,
    classNames,
    options: options as Record<string, unknown>,
    recipe,
    task,
    assumed,
    seed,
    capped,
    training: trains ? 'epochs' : learner.fit ? 'fit' : 'none',
    promptedImages: promptedImages({ learner }),
    adapts: learner.adapt !== undefined,
    readsTest: learner.readsTest === true,
    readsAugmented: learner.readsAugmented === true,
    wantsFrozen: wantsFrozen({ learner }),
    refusal: others => refusal(id, learner, classNames, others),
  };
}

function refusal(id: string, { classSpecific }: PromptLearner, own: readonly string[], others: readonly string[]) {
  return classSpecific && others.join('\n') !== own.join('\n')
    ? `${id}: what it learned belongs to the ${own.length} classes it was made for, so it cannot take others; use a method whose prompts all classes share.`
    : undefined;
}

function instance(built: Built, owner: boolean): Method {
  const { id, clip, resolved, learner, madeFor } = built;
  const { options, capped, recipe, task, classNames, dataset, assumed, seed } = resolved;
  const isOnOthers = madeFor.join('\n') !== classNames.join('\n');
  let kept: Inference | undefined;
  const method: Method = {
    name: id,
    clip,
    classNames,
    options: options as Record<string, unknown>,
    capped,
    recipe,
    task,
    dataset,
    assumed,
    seed,
    learner,
    forClasses(classes) {
      const other = isDataset(classes) ? classes : undefined;
      const names = checkClassNames(other?.classNames ?? (classes as readonly string[]), other?.name ?? task.dataset);
      const reason = refusal(id, learner, classNames, names);
      if (reason) throw new Error(reason);
      checkContext(built, names);
      const about = other && { templates: other.templates, dataset: other.name };
      const there = { ...resolved, classNames: names, task: { ...task, ...about }, dataset: other };
      return instance({ ...built, resolved: there }, false);
    },
    async predict(images, options) {
      kept ??= inference(method);
      return predict(kept, method, images, options);
    },
    save: folder => saveMethod(method, folder, isOnOthers ? { madeFor: [...madeFor] } : undefined),
    dispose() {
      void kept?.dispose();
      kept = undefined;
      if (owner) freeLearner(learner);
    },
  };
  return method;
}

/** @throws one sentence if the context leaves no room for one of the names */
function checkContext({ id, clip, learner }: Built, names: readonly string[]): void {
  for (const context of contextsOf(learner)) checkContextLength(id, clip, context, names);
}

function freeLearner({ variables, state = {}, noise = {} }: PromptLearner): void {
  for (const variable of leaves<tf.Variable>([variables, state, noise])) variable.dispose();
}
