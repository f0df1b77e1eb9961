import type { ClipConfig, ClipWeights, VisionWeights } from '@dgprompt/clip';
import { finishVision, startVision, stepVision, textTower, transformerWeights } from '@dgprompt/clip/towers';
import { compile, leaves, mapTree, type Tree, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { muon } from './muon.js';
import { recipe } from './recipe.js';

/** The trained variables: a CLIP, and one direction per emoji, used only in pretraining. */
export interface Trained {
  clip: ClipWeights<tf.Variable>;
  heads: tf.Variable; // [emoji, e]
}

/** A batch as tensors. */
export interface Inputs {
  pixels: tf.Tensor4D; // [B, 3, R, R]
  kept: tf.Tensor2D; // int32 [B, K]: indices of the tokens that the vision tower sees, the class token (0) first
  tokens: tf.Tensor2D; // int32 [B, T]
  ends: tf.Tensor1D; // int32 [B]
  group: tf.Tensor1D; // int32 [B]: equal for pairs of one concept
  emoji: tf.Tensor1D; // int32 [B]: index of the emoji in a picture, -1 for anything else
}

const unit = (x: tf.Tensor): tf.Tensor2D => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)));

/**
 * CLIP's vision tower on some of each image's tokens: training does not need whole images (FLIP: Li et al., CVPR 2023).
 */
function partialVisionTower(weights: VisionWeights, config: ClipConfig, { pixels, kept }: Inputs): tf.Tensor2D {
  let state = startVision(weights, config, pixels);
  const [batch, count, width] = state.tokens.shape;
  const [, keep] = kept.shape;
  if (keep < count) {
    const first = tf.expandDims(tf.range(0, batch * count, count, 'int32'), 1); // [B, 1]
    const rows = tf.reshape(tf.add(kept, first), [batch * keep]);
    const tokens = tf.gather(tf.reshape(state.tokens, [batch * count, width]), tf.cast(rows, 'int32'));
    state = { ...state, tokens: tf.reshape(tokens, [batch, keep, width]) };
  }
  while (state.layer < config.vision.layers) state = stepVision(weights, config, state);
  return finishVision(weights, config, state);
}

const crossEntropy = (logits: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar =>
  tf.neg(tf.div(tf.sum(tf.mul(target, tf.logSoftmax(logits))), logits.shape[0])) as tf.Scalar;

/**
 * CLIP's symmetric contrastive loss (Radford et al., ICML 2021). Every pair of the same concept in a batch counts as
 * correct, sharing the probability.
 */
function contrastiveLoss(image: tf.Tensor2D, text: tf.Tensor2D, logitScale: tf.Tensor, group: tf.Tensor1D): tf.Scalar {
  const logits = tf.mul(tf.exp(logitScale), tf.matMul(image, text, false, true)) as tf.Tensor2D; // [B, B]
  const same = tf.cast(tf.equal(tf.expandDims(group, 1), tf.expandDims(group, 0)), 'float32');
  const target = tf.div(same, tf.sum(same, 1, true)) as tf.Tensor2D; // [B, B]
  const sides = tf.add(crossEntropy(logits, target), crossEntropy(tf.transpose(logits), target));
  return tf.mul(sides, 0.5) as tf.Scalar;
}

/** Cross-entropy of the pictures with an emoji over all emoji: the negatives in a batch never cover all of them. */
function conceptLoss(image: tf.Tensor2D, heads: tf.Tensor, emoji: tf.Tensor1D): tf.Scalar {
  const shown = tf.cast(tf.greaterEqual(emoji, 0), 'float32') as tf.Tensor1D; // [B]
  const cosines = tf.matMul(image, unit(heads), false, true); // [B, emoji]
  const right = tf.cast(tf.oneHot(tf.cast(tf.maximum(emoji, 0), 'int32'), heads.shape[0]!), 'float32');
  const surprise = tf.neg(tf.sum(tf.mul(right, tf.logSoftmax(tf.mul(cosines, recipe.headScale))), 1)); // [B]
  return tf.div(tf.sum(tf.mul(surprise, shown)), tf.add(tf.sum(shown), 1e-6)) as tf.Scalar;
}

/** One compiled pretraining step: returns the losses and updates the variables. */
export function pretrainingStep({ clip, heads }: Trained, config: ClipConfig) {
  const variables = { clip, heads } as unknown as Tree<tf.Variable>;
  const { init, update } = muon({ weightDecay: recipe.weightDecay });
  const optimizer = init(variables);
  const step = compile((inputs: Inputs, lr: tf.Scalar) => {
    const losses: tf.Scalar[] = []; // kept because the gradient computation disposes of intermediate tensors
    const [, gradients] = valueAndGrads(variables, () => {
      const image = unit(partialVisionTower(transformerWeights(clip.vision), config, inputs)); // [B, e]
      const text = unit(textTower(clip.text, config, inputs.tokens, inputs.ends)); // [B, e]
      losses.push(tf.keep(contrastiveLoss(image, text, clip.logitScale, inputs.group)));
      losses.push(tf.keep(conceptLoss(image, heads, inputs.emoji)));
      return tf.add(losses[0]!, tf.mul(losses[1]!, recipe.headWeight)) as tf.Scalar;
    });
    const norm = tf.sqrt(tf.addN(leaves<tf.Tensor>(gradients).map(g => tf.sum(tf.square(g)))));
    const factor = tf.minimum(1, tf.div(recipe.clipNorm, tf.add(norm, 1e-6)));
    update(
      variables,
      mapTree((g: tf.Tensor) => tf.mul(g, factor), gradients),
      lr,
    );
    clip.logitScale.assign(tf.minimum(clip.logitScale, Math.log(recipe.maxLogitScale)));
    return { loss: losses[0]!, headLoss: losses[1]!, norm };
  });
  return { step, optimizer };
}
