import * as tf from '@tensorflow/tfjs-core';
import { featureDrift, logitDrift } from './drift.js';

/** A classifier's L2-normalised features and logits for a batch. */
export interface Outputs {
  /** [B, e] */
  image: tf.Tensor;
  /** [C, e], or [B, C, e] if prompts depend on the image */
  text: tf.Tensor;
  /** [B, C] */
  logits: tf.Tensor2D;
  /** Class-token states of the prompted vision layers, L2-normalised, [B, d_v] each. */
  states?: tf.Tensor[];
}

/** Weight of each term, all ≥ 0; terms of weight 0 are not computed. */
export interface RetentionWeights {
  /** λ_t, of the text features. */
  text: number;
  /** λ_v, of the image features. */
  image: number;
  /** λ_z, of the predictions. */
  logits: number;
  /** λ_s, of the class-token states in the prompted layers. */
  states: number;
}

/** PromptSRC's weights, for joint width e = 512 (ViT-B). */
const atWidth512: RetentionWeights = { text: 25, image: 10, logits: 1, states: 0 };

/**
 * Weights for joint width e. The mean|·| of a unit vector's entries shrinks as 1/√e, so the weights of the feature
 * terms are scaled by √(e/512); the prediction term does not depend on a width.
 *
 * @param width e, the joint width of the two towers
 * @param weights at e = 512. Default: 25, 10, 1 and 0 (states)
 * @param stateWidth d_v, the width of the states, which scales the weight of their term
 *
 * @example
 * ```ts
 * import { retentionWeights } from '@dgprompt/retention';
 *
 * console.log(retentionWeights(128)); // { text: 12.5, image: 5, logits: 1, states: 0 }
 * ```
 */
export function retentionWeights(
  width: number,
  weights: Partial<RetentionWeights> = {},
  stateWidth = width,
): RetentionWeights {
  const {
    text = atWidth512.text,
    image = atWidth512.image,
    logits = atWidth512.logits,
    states = atWidth512.states,
  } = weights;
  const scale = Math.sqrt(width / 512);
  return { text: text * scale, image: image * scale, logits, states: states * Math.sqrt(stateWidth / 512) };
}

/**
 * The retention regulariser, which keeps a tuned classifier close to the frozen CLIP:
 *
 *     R = λ_t · mean|f_t − f_t*| + λ_v · mean|f_v − f_v*| + λ_z · KL(softmax z* ‖ softmax z)
 *         (+ λ_s · mean over layers of mean|v − v*|)
 *
 * @param tuned features and logits of the classifier being trained
 * @param frozen those of the frozen CLIP (text: mean over a template ensemble); receives no gradients
 * @param weights weight of each term, see `retentionWeights`
 * @param mask 0/1 weight of each image, [B]; 0 excludes the padding of a short batch
 * @returns scalar ≥ 0
 * @throws one sentence if the states have a weight, but the two sides have none or different numbers of them
 *
 * @example
 * ```ts
 * import { retention, retentionWeights } from '@dgprompt/retention';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const outputs = (x: number) => ({
 *   image: tf.tensor2d([[1, 0]]), // [B, e]
 *   text: tf.tensor2d([[x, 1 - x]]), // [C, e]
 *   logits: tf.tensor2d([[0]]), // [B, C]
 * });
 * console.log(retention(outputs(1), outputs(0), retentionWeights(512)).dataSync()[0]); // 25
 * ```
 */
export function retention(tuned: Outputs, frozen: Outputs, weights: RetentionWeights, mask?: tf.Tensor1D): tf.Scalar {
  const perImageText = tuned.text.rank === 3;
  const terms: tf.Tensor[] = [];
  const add = (weight: number, term: () => tf.Tensor) => weight > 0 && terms.push(tf.mul(term(), weight));
  add(weights.text, () => featureDrift(tuned.text, frozen.text, perImageText ? mask : undefined));
  add(weights.image, () => featureDrift(tuned.image, frozen.image, mask));
  add(weights.logits, () => logitDrift(tuned.logits, frozen.logits, mask));
  add(weights.states, () => stateDrift(tuned.states, frozen.states, mask));
  return terms.length > 0 ? (tf.addN(terms) as tf.Scalar) : tf.scalar(0);
}

function stateDrift(tuned: tf.Tensor[] = [], frozen: tf.Tensor[] = [], mask?: tf.Tensor1D): tf.Tensor {
  if (tuned.length === 0 || tuned.length !== frozen.length)
    throw new Error(
      `Retention of states needs the same prompted layers on both sides, but there are ${tuned.length} tuned and ${frozen.length} frozen ones.`,
    );
  return tf.div(tf.addN(tuned.map((state, l) => featureDrift(state, frozen[l]!, mask))), tuned.length);
}
