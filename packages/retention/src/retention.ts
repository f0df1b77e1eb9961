import * as tf from '@tensorflow/tfjs';
import { featureDrift, logitDrift } from './drift.js';

/** What a classifier computes for a batch: L2-normalised features, and logits. */
export interface Features {
  /** [B, e] */
  image: tf.Tensor;
  /** [C, e], or [B, C, e] where prompts are made for each image */
  text: tf.Tensor;
  /** [B, C] */
  logits: tf.Tensor2D;
  /** Class-token states of the prompted vision layers, L2-normalised, [B, d_v] each. */
  states?: tf.Tensor[];
}

/** Strength of each term, all ≥ 0; a term of weight 0 is not computed. */
export interface RetentionWeights {
  /** λ_t, on the text features. */
  text: number;
  /** λ_v, on the image features. */
  image: number;
  /** λ_z, on the predictions. */
  logits: number;
  /** On the class-token states of the prompted layers. */
  states: number;
}

/** Strengths at the joint width e = 512 (ViT-B), PromptSRC's. */
const atWidth512: RetentionWeights = { text: 25, image: 10, logits: 1, states: 0 };

/**
 * Default strengths for a joint width of e. The mean|·| of a unit vector's entries shrinks as 1/√e, so the weights of the
 * feature terms are scaled by √(e/512); the term on the predictions has no width.
 *
 * @param width e, the joint width of the two towers
 * @param weights strengths at e = 512; those left out are 25, 10, 1 and (states) 0
 * @param stateWidth d_v, the width of the states, which the weight of their term scales with
 */
export function retentionWeights(
  width: number,
  weights: Partial<RetentionWeights> = {},
  stateWidth = width,
): RetentionWeights {
  const { text, image, logits, states } = { ...atWidth512, ...weights };
  const scale = Math.sqrt(width / 512);
  return { text: text * scale, image: image * scale, logits, states: states * Math.sqrt(stateWidth / 512) };
}

/**
 * The retention regulariser, which keeps a tuned classifier near the frozen CLIP that it started from:
 *
 *     R = λ_t · mean|f_t − f_t*| + λ_v · mean|f_v − f_v*| + λ_z · KL(softmax z* ‖ softmax z)  (+ λ_s · mean over layers of mean|v − v*|)
 *
 * @param tuned features and logits of the classifier being trained
 * @param frozen the same of the frozen CLIP (text: mean over a template ensemble); gradients never reach it
 * @param weights strength of each term, see `retentionWeights`
 * @param rows 0/1 weight of each image, [B]; 0 leaves out the padding of a short batch
 * @returns scalar ≥ 0
 * @throws if the states are weighted and either side has none, or another number of them
 */
export function retention(tuned: Features, frozen: Features, weights: RetentionWeights, rows?: tf.Tensor1D): tf.Scalar {
  const perImageText = tuned.text.rank === 3;
  const terms: tf.Tensor[] = [];
  const add = (weight: number, term: () => tf.Tensor) => weight > 0 && terms.push(tf.mul(term(), weight));
  add(weights.text, () => featureDrift(tuned.text, frozen.text, perImageText ? rows : undefined));
  add(weights.image, () => featureDrift(tuned.image, frozen.image, rows));
  add(weights.logits, () => logitDrift(tuned.logits, frozen.logits, rows));
  add(weights.states, () => stateDrift(tuned.states, frozen.states, rows));
  return terms.length > 0 ? (tf.addN(terms) as tf.Scalar) : tf.scalar(0);
}

function stateDrift(tuned: tf.Tensor[] = [], frozen: tf.Tensor[] = [], rows?: tf.Tensor1D): tf.Tensor {
  if (tuned.length === 0 || tuned.length !== frozen.length)
    throw new Error(
      `Retention of states needs the same prompted layers on both sides; got ${tuned.length} tuned and ${frozen.length} frozen.`,
    );
  return tf.div(tf.addN(tuned.map((state, l) => featureDrift(state, frozen[l]!, rows))), tuned.length);
}
