import type { Clip } from '@dgprompt/clip';
import { leaves, seededRandom } from '@dgprompt/engine';
import type * as tf from '@tensorflow/tfjs';
import { type Classify, classifier } from '../evaluation/classifier.js';
import { predict } from '../evaluation/predict.js';
import { checkClassNames } from './class-names.js';
import { checkContextLength } from './context-length.js';
import { type Resolved, resolveOptions, type Settings } from './options.js';
import { parseOption } from './parse-option.js';
import { saveMethod } from './save.js';
import type { Method, MethodDefinition, PromptLearner } from './types.js';

/** Puts a method on a CLIP and a list of classes; options left out have their published values. */
export interface MethodFactory<O extends object = Record<string, unknown>> {
  (clip: Clip, classNames: readonly string[], options?: Partial<O & Settings>): Method;
  /** The method's id, with its variant if it has one: `coop`, `coop:csc`. */
  readonly id: string;
  readonly definition: MethodDefinition<O>;
}

/** Any method, whatever its options. */
export interface AnyMethod {
  (clip: Clip, classNames: readonly string[], options?: never): Method;
  readonly id: string;
}

/**
 * Makes a method of its page: options with their published values, the recipe, and `build`, which gives variables and two
 * feature functions. Logits (cosine times CLIP's logit scale) and cross-entropy follow from those; a method that needs more
 * writes `logits`, `loss`, `gradients`, `prepare` or `afterEpoch` itself.
 *
 * @returns a function of a CLIP, class names and options; it throws one sentence for an option or a class name that cannot be
 */
export function defineMethod<O extends object>(definition: MethodDefinition<O>): MethodFactory<O> {
  return factory(definition, definition.name);
}

/**
 * A method with another id and other settings: `csc` of `coop:csc` is one of CoOp's named variants, `depth=3` of `maple:depth=3` an option
 * that is given, and `prototype+lr=0.01` both. A named variant's settings are standard options, which go before the recipe's.
 * @throws a sentence if the method has no variant, or no option, of that name, or if a value cannot be
 */
export function methodVariant<O extends object>({ definition }: MethodFactory<O>, variant: string): MethodFactory<O> {
  const { name, options, variants = {}, recipe } = definition;
  let chosen: Partial<O> = {};
  let given: Partial<O & Settings> = {};
  for (const part of variant.split('+')) {
    if (part.includes('=')) given = { ...given, ...parseOption(definition, part) };
    else if (Object.hasOwn(variants, part)) chosen = { ...chosen, ...variants[part] };
    else {
      const known = Object.keys(variants).join(', ') || 'none';
      throw new Error(`Method ${name} has no variant "${part}". It has: ${known}; an option is given as option=value.`);
    }
  }
  const changed = {
    ...definition,
    options: { ...options, ...chosen },
    recipe: (about: Parameters<typeof recipe>[0]) => ({ ...recipe(about), ...chosen }),
  };
  return factory(changed as MethodDefinition<O>, `${name}:${variant}`, given);
}

/**
 * The same method with other published numbers: what its recipe says, or leaves at the standard, is replaced. Variants and the user's own
 * options still go before.
 * @param text options, `lr=0.007+epochs=10`
 * @throws a sentence if the method has no option of that name, or if a value cannot be
 */
export function withRecipe<O extends object>(method: MethodFactory<O>, text: string): MethodFactory<O> {
  const { definition, id } = method;
  const numbers = Object.assign({}, ...text.split('+').map(part => parseOption(definition, part))) as Partial<O>;
  return factory({ ...definition, recipe: about => ({ ...definition.recipe(about), ...numbers }) }, id);
}

function factory<O extends object>(
  definition: MethodDefinition<O>,
  id: string,
  fixed: Partial<O & Settings> = {},
): MethodFactory<O> {
  const make = (clip: Clip, classNames: readonly string[], given: Partial<O & Settings> = {}): Method => {
    const resolved = resolveOptions(definition, clip, { ...given, ...fixed });
    const names = checkClassNames(classNames, resolved.about.dataset);
    const setting = { classNames: names, templates: resolved.about.templates };
    const parts = definition.build(clip, resolved.options, seededRandom(resolved.seed), setting);
    const built = { id, clip, resolved, parts };
    try {
      checkContext(built, names);
    } catch (error) {
      freeParts(parts);
      throw error;
    }
    return instance(built, names, true);
  };
  return Object.assign(make, { id, definition });
}

interface Built {
  id: string;
  clip: Clip;
  resolved: Resolved<object>;
  parts: PromptLearner;
}

function instance(built: Built, classNames: string[], owner: boolean): Method {
  const { id, clip, resolved, parts } = built;
  let kept: Classify | undefined;
  const method: Method = {
    name: id,
    clip,
    classNames,
    options: resolved.options as Record<string, unknown>,
    capped: resolved.capped,
    recipe: resolved.recipe,
    task: resolved.about,
    seed: resolved.seed,
    learner: parts,
    forClasses(others) {
      const names = checkClassNames(others, resolved.about.dataset);
      if (parts.classSpecific && names.join('\n') !== classNames.join('\n'))
        throw new Error(
          `${id}: what it learned belongs to the ${classNames.length} classes it was made for, so it cannot take others; use a method whose prompts all classes share.`,
        );
      checkContext(built, names);
      return instance(built, names, false);
    },
    async predict(images, options) {
      kept ??= classifier(method);
      return predict(kept, method, images, options);
    },
    save: folder => saveMethod(method, folder),
    dispose() {
      void kept?.dispose();
      kept = undefined;
      if (owner) freeParts(parts);
    },
  };
  return method;
}

/** @throws a sentence if the context leaves no room for one of the names */
function checkContext({ id, clip, parts }: Built, names: readonly string[]): void {
  if (parts.context) checkContextLength(id, clip, parts.context, names);
}

function freeParts({ variables, state = {} }: PromptLearner): void {
  for (const variable of leaves<tf.Variable>([variables, state])) variable.dispose();
}
