import type { Clip } from '@dgprompt/clip';
import { leaves } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { sentencesOf } from '../features/descriptions.js';
import type { FrozenBatch } from '../features/image.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import { cosineLogits } from './logits.js';
import type { ClassesOf, FeaturePair, Features, GivenFrozen, Method, PickClasses, PromptLearner } from './types.js';

/** Images as pixels, or the frozen CLIP's features of them if those suffice, or both. */
export type Images = {
  images?: tf.Tensor4D; // [B, 3, R, R], normalised
  frozen?: FrozenBatch; // [B, e]
  classes?: tf.Tensor1D; // int32 [K], the classes of an episode; all if omitted
};

/** The parts of a method that a forward pass needs. */
export interface Learned {
  name: string;
  clip: Clip;
  learner: PromptLearner;
  classNames: readonly string[];
  task: ClassesOf;
}

/** Whether text features are per image. */
export const perImageText = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.conditionedOn?.includes('image'));

/** Whether it is trained by gradient steps, rather than by a fit or not at all. */
export const takesSteps = ({ recipe, learner }: Pick<Method, 'recipe' | 'learner'>): boolean =>
  recipe.epochs > 0 && leaves(learner.variables).length > 0;

/** Whether the loss compares with the frozen CLIP's features. */
export const wantsFrozen = ({ learner }: Pick<Method, 'learner'>): boolean =>
  learner.frozen !== undefined && (learner.loss ?? learner.gradients) !== undefined;

/** Whether the frozen CLIP sees an image in the same view as the method. */
const sameView = ({ learner: { frozen } }: Pick<Method, 'learner'>): boolean => !frozen?.whole && !frozen?.anotherView;

/**
 * Whether image features depend on learned prompts, so that they cannot be precomputed.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, vpt } from '@dgprompt/methods';
 * import { promptedImages } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * const isPrompted = [coop, vpt].map(make => promptedImages(make(clip, ['sun', 'moon'])));
 * console.log(isPrompted); // [ false, true ]
 * ```
 */
export const promptedImages = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.imageFeatures);

/** Features in their long form. */
export const asFeatures = (given: tf.Tensor | Features): Features =>
  given instanceof tf.Tensor ? { features: given } : given;

/**
 * Features of a batch under the method's prompts, differentiable.
 *
 * @param side features of the class set. Default: computed with the batch
 */
export function features(learned: Learned, batch: Images, side: TextSide = {}): FeaturePair {
  const { clip, learner, classNames } = learned;
  const names = [...classNames];
  const pick = pickClasses(batch.classes);
  const given = givenTo(learned, { text: side.frozen });
  if (learner.features) {
    const both = learner.features(batch.images!, names, pick, given);
    checkText(learned, both.text);
    return { ...both, text: pick(both.text, both.text.rank - 2), ...perClassOf(both, pick) };
  }
  if (perImageText(learned)) {
    const image = batch.frozen?.image ?? clip.vision(batch.images!); // [B, e]
    const text = asFeatures(learner.textFeatures!(names, { ...given, image })); // [B, C, e]
    checkText(learned, text.features);
    return { image, text: pick(text.features, text.features.rank - 2), ...perClassOf(text, pick) };
  }
  const ofAll = side.text ?? asFeatures(learner.textFeatures!(names, given));
  checkText(learned, ofAll.features);
  const ofText = picked(ofAll, pick);
  const frozen = batch.frozen?.image;
  const seen = frozen && sameView(learned) ? { image: frozen } : {};
  const ofImage = learner.imageFeatures?.(batch.images!, ofText, seen) ?? frozen ?? clip.vision(batch.images!);
  const { features, states } = asFeatures(ofImage);
  return { image: features, text: ofText.features, ...(states ? { states } : {}), ...perClassOf(ofText) };
}

/** What a method's text features are given. */
export const givenTo = (
  { task: { dataset, templates } }: Pick<Learned, 'task'>,
  frozen: GivenFrozen,
): GivenFrozen & ClassesOf => ({ dataset, templates, ...frozen });

/** Features of the class set that need no images. */
export interface TextSide {
  /** The text features, if they are not per image. Default: computed with the batch */
  text?: Features;
  /** The frozen CLIP's features of the hand-written prompts, [C, e], for a method conditioned on templates. */
  frozen?: tf.Tensor;
}

/** Whether text features depend on the frozen ones of the hand-written prompts. */
export const givenFrozenText = ({ learner }: Pick<Method, 'learner'>): boolean =>
  learner.conditionedOn?.includes('templates') ?? false;

/** Whether a fit needs the frozen text features: there are no learned ones, or they depend on the frozen ones. */
export const fitsFrozenText = (method: Pick<Method, 'learner'>): boolean =>
  !(method.learner.textFeatures ?? method.learner.features) || givenFrozenText(method);

const perClassOf = ({ perClass }: Pick<Features, 'perClass'>, pick: PickClasses = of => of) =>
  perClass ? { perClass: Object.fromEntries(Object.entries(perClass).map(([key, rows]) => [key, pick(rows)])) } : {};

/** Keeps the rows of some classes; all rows without an episode. */
export const pickClasses =
  (classes: tf.Tensor1D | undefined): PickClasses =>
  <T extends tf.Tensor>(ofClasses: T, axis = 0): T =>
    classes ? (tf.gather(ofClasses, classes, axis) as T) : ofClasses;

function picked(text: Features, pick: PickClasses): Features {
  const states = text.states?.map(state => pick(state));
  return { features: pick(text.features), ...(states ? { states } : {}), ...perClassOf(text, pick) };
}

/** @throws one sentence if text features have the wrong number of classes or the wrong width */
function checkText({ name, clip, classNames }: Learned, { shape }: tf.Tensor): void {
  const [classes, width] = shape.slice(-2);
  const [count, embedDim] = [classNames.length, clip.config.embedDim];
  if (shape.length < 2 || shape.length > 3 || classes !== count || width !== embedDim)
    throw new Error(
      `${name}: text features are [${shape}]; they must be [${count}, ${embedDim}], or [B, ${count}, ${embedDim}].`,
    );
}

/**
 * Logits [B, C] of features.
 * @throws one sentence with both shapes if a method's own logits have the wrong one
 */
export function logitsOf({ name, clip, learner }: Learned, both: FeaturePair): tf.Tensor2D {
  if (!learner.logits) return cosineLogits(both, clip.logitScale);
  const logits = learner.logits(both);
  const expected = [both.image.shape[0], both.text.shape.at(-2)];
  if (logits.shape.join() !== expected.join())
    throw new Error(`${name}: logits are [${logits.shape}]; for these images and classes they must be [${expected}].`);
  return logits;
}

/** Text features of the hand-written prompts, [C, e], for a method without text features. */
export const handWrittenText = (method: Method, options: FrozenTextOptions = {}): Promise<tf.Tensor> =>
  frozenText(method.clip, method.classNames, textsOf(method), options);

/** The texts whose mean gives a method's frozen text features: templates, or sentences about each class. */
export const textsOf = ({
  name,
  task,
  learner,
  classNames,
}: Pick<Method, 'name' | 'task' | 'learner' | 'classNames'>) =>
  learner.frozen?.described && task.descriptions
    ? { sentences: sentencesOf(name, task.descriptions, classNames) }
    : { templates: frozenTemplates(learner, task) };

function frozenTemplates({ frozen }: PromptLearner, { templates }: ClassesOf): readonly string[] {
  const own = frozen?.templates ?? templates;
  return typeof own === 'function' ? own(templates) : own;
}
