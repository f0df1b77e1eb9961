import { type ClipConfig, type ClipWeights, textTower, visionTower } from '@dgprompt/clip';
import { adamW, compile, leaves, mapTree, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { recipe } from './recipe.js';

const unit = (x: tf.Tensor2D): tf.Tensor2D => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)));

const crossEntropy = (logits: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar =>
  tf.neg(tf.div(tf.sum(tf.mul(target, tf.logSoftmax(logits))), logits.shape[0])) as tf.Scalar;

/**
 * CLIP's symmetric contrastive loss (Radford et al., ICML 2021), where every pair of the same concept in a batch is a right
 * answer, and they share the probability.
 */
export function contrastiveLoss(
  weights: ClipWeights,
  config: ClipConfig,
  pixels: tf.Tensor4D, // [B, 3, R, R]
  tokens: tf.Tensor2D, // [B, T]
  ends: tf.Tensor1D, // [B]
  concepts: tf.Tensor1D, // [B]
): tf.Scalar {
  const image = unit(visionTower(weights.vision, config, pixels) as tf.Tensor2D); // [B, e]
  const text = unit(textTower(weights.text, config, tokens, ends) as tf.Tensor2D); // [B, e]
  const logits = tf.mul(tf.exp(weights.logitScale), tf.matMul(image, text, false, true)) as tf.Tensor2D; // [B, B]
  const same = tf.cast(tf.equal(tf.expandDims(concepts, 1), tf.expandDims(concepts, 0)), 'float32');
  const target = tf.div(same, tf.sum(same, 1, true)) as tf.Tensor2D; // [B, B]
  const sides = tf.add(crossEntropy(logits, target), crossEntropy(tf.transpose(logits), target));
  return tf.mul(sides, 0.5) as tf.Scalar;
}

/** One compiled step of pretraining: gives the loss and leaves new weights in the variables. */
export function pretrainingStep(weights: ClipWeights<tf.Variable>, config: ClipConfig) {
  const update = adamW({ weightDecay: recipe.weightDecay });
  update.init(weights);
  const step = compile(
    (pixels: tf.Tensor4D, tokens: tf.Tensor2D, ends: tf.Tensor1D, concepts: tf.Tensor1D, lr: tf.Scalar) => {
      const [loss, gradients] = valueAndGrads(weights, () =>
        contrastiveLoss(weights, config, pixels, tokens, ends, concepts),
      );
      const norm = tf.sqrt(tf.addN(leaves<tf.Tensor>(gradients).map(g => tf.sum(tf.square(g)))));
      const factor = tf.minimum(1, tf.div(recipe.clipNorm, tf.add(norm, 1e-6)));
      update(
        weights,
        mapTree((g: tf.Tensor) => tf.mul(g, factor), gradients),
        lr,
      );
      weights.logitScale.assign(tf.minimum(weights.logitScale, Math.log(recipe.maxLogitScale)));
      return { loss, norm };
    },
  );
  return { step, update };
}
