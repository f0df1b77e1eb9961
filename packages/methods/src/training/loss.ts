import { mapTree, namedLeaves, softmaxCrossEntropy, valueAndGrads } from '@dgprompt/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { type FrozenBatch, frozenImage } from '../features/image.js';
import { features, type Images, logitsOf, pickClasses, wantsFrozen } from '../learner/forward.js';
import { cosineLogits } from '../learner/logits.js';
import type { LossTerms, Method, Variables } from '../learner/types.js';

/** One training batch. */
export type Batch = Images & {
  labels: tf.Tensor1D; // int32 [B]
  mask: tf.Tensor1D; // [B], 0 for padding
  frozenView?: tf.Tensor4D; // [B, 3, R, R], what the frozen CLIP sees; the same images if omitted
  frozenText?: tf.Tensor; // [C, e], instead of the class set's
};

/** Features that are computed once for the class set. */
export type ClassTargets = {
  /** Text features of a method that has no text prompts. */
  text?: tf.Tensor; // [C, e]
  /** The frozen CLIP's text features, for a loss that compares with them. */
  frozen?: tf.Tensor; // [C, e]
};

/**
 * Everything that a method's loss gets for one batch.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { type Batch, lossTerms } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const clip = await loadClip(miniClip);
 * const batch: Batch = {
 *   images: tf.zeros([2, 3, clip.imageSize, clip.imageSize]),
 *   labels: tf.tensor1d([0, 1], 'int32'),
 *   mask: tf.tensor1d([1, 1]),
 * };
 * console.log(lossTerms(coop(clip, ['sun', 'moon']), batch, {}).logits.shape); // [ 2, 2 ]
 * ```
 */
export function lossTerms(tested: Method, batch: Batch, targets: ClassTargets): LossTerms {
  const method = inTraining(tested);
  const { clip } = method;
  const seen = wantsFrozen(method) ? frozenOf(method, batch) : undefined;
  const tuned = features(method, seen ? { ...batch, frozen: seen } : batch, {
    text: targets.text && { features: targets.text },
    frozen: targets.frozen,
  });
  const logits = logitsOf(method, tuned);
  const { labels, mask } = batch;
  const terms: LossTerms = { ...tuned, logits, labels, mask, crossEntropy: softmaxCrossEntropy(logits, labels, mask) };
  if (!seen) return terms;
  const frozen = { ...seen, text: pickClasses(batch.classes)(batch.frozenText ?? targets.frozen!) };
  return { ...terms, frozen: { ...frozen, logits: cosineLogits(frozen, clip.logitScale) } };
}

/** The frozen CLIP's features of a batch, for a loss that compares with them. */
const frozenOf = ({ clip, learner }: Method, { frozen, frozenView, images }: Batch): FrozenBatch =>
  frozen ?? frozenImage(clip, frozenView ?? images!, learner.frozen!.states);

/**
 * The loss of a batch and its gradients, in the form of the method's variables.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { type Batch, lossAndGradients } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const clip = await loadClip(miniClip);
 * const batch: Batch = {
 *   images: tf.zeros([2, 3, clip.imageSize, clip.imageSize]),
 *   labels: tf.tensor1d([0, 1], 'int32'),
 *   mask: tf.tensor1d([1, 1]),
 * };
 * const [, gradients] = lossAndGradients(coop(clip, ['sun', 'moon']), batch, {});
 * console.log(Object.keys(gradients)); // [ 'context' ]
 * ```
 */
export function lossAndGradients(method: Method, batch: Batch, targets: ClassTargets): [tf.Scalar, Variables] {
  const { learner } = method;
  const terms = () => lossTerms(method, batch, targets);
  if (learner.gradients) {
    const [loss, gradients] = learner.gradients(terms, learner.variables);
    return [loss, ofVariables(method.name, learner.variables, gradients)];
  }
  return valueAndGrads(learner.variables, () => lossOf(method, terms()));
}

/** A method's own gradients, in the order of its variables. @throws a sentence if one is missing, or is of none */
function ofVariables(name: string, variables: Variables, gradients: Variables): Variables {
  const given = new Map(namedLeaves<tf.Tensor>(gradients));
  const names = namedLeaves<tf.Variable>(variables).map(([key]) => key);
  const wrong = [...names.filter(key => !given.has(key)), ...[...given.keys()].filter(key => !names.includes(key))];
  if (wrong.length > 0)
    throw new Error(`${name}: gradients must return a gradient for each variable and no others; see "${wrong[0]}".`);
  const next = names.values();
  return mapTree((_: tf.Variable) => given.get(next.next().value!)!, variables) as Variables;
}

/** The minimised scalar of a batch. */
export const lossOf = (method: Method, terms: LossTerms): tf.Scalar =>
  inTraining(method).learner.loss?.(terms) ?? terms.crossEntropy;

/** A method as its loss sees it. */
const inTraining = (method: Method): Method =>
  method.learner.inTraining ? { ...method, learner: { ...method.learner, ...method.learner.inTraining } } : method;
