import { type Clip, normalised } from '@dgprompt/clip';
import { projected, transformerWeights } from '@dgprompt/clip/towers';
import { softmaxCrossEntropy } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../../learner/logits.js';
import type { FeaturePair, PromptLearner, TaskInfo } from '../../learner/types.js';
import { cosineDistance } from './distance.js';
import { areOwn } from './own-classes.js';

/** Replaces CLIP's logit scale, as published. */
const scale = 100;

/**
 * Logits and loss of MMRL and MMRL++, whose images have a second feature, that of learned tokens: a mean of both for
 * the training classes, the class token's alone if there are others; and distances to the frozen CLIP's features.
 *
 * @param options.share α, share of the class token
 * @param options.knowledge weight of the distances
 */
export function twoFeatures(
  own: readonly string[],
  { share, knowledge }: { share: number; knowledge: number },
): Required<Pick<PromptLearner, 'logits' | 'loss'>> & { shareOf(names: string[]): Record<'share', tf.Tensor> } {
  return {
    shareOf: names => ({ share: tf.fill([names.length], areOwn(own, names) ? share : 1) }), // [C]
    logits(features) {
      const [ofClass, ofTokens] = bothLogits(features);
      const part = features.perClass!.share!;
      return tf.add(tf.mul(ofClass, part), tf.mul(ofTokens, tf.sub(1, part)));
    },
    loss({ labels, mask, frozen, ...tuned }) {
      const [ofClass, ofTokens] = bothLogits(tuned).map(logits => softmaxCrossEntropy(logits, labels, mask));
      const image = cosineDistance(tuned.image, frozen!.image, mask);
      const text = cosineDistance(tuned.text, frozen!.text);
      const both = tf.add(tf.mul(ofClass!, share), tf.mul(ofTokens!, 1 - share));
      return tf.add(both, tf.mul(tf.add(image, text), knowledge));
    },
  };
}

/** Logits [B, C] of the class token's feature, and of the tokens'. */
function bothLogits({ image, text, states }: FeaturePair): [tf.Tensor2D, tf.Tensor2D] {
  return [cosineLogits({ image, text }, scale), cosineLogits({ image: states![0]!, text }, scale)];
}

/**
 * The feature of a vision tower's last tokens: their mean after the last layer norm, projected and L2-normalised.
 *
 * @param all the tokens leaving the tower, [B, N, d_v]
 * @param tokens M, the number of tokens to read
 * @param projection [d_v, e]
 * @returns [B, e]
 */
export function readOut({ weights, config }: Clip, all: tf.Tensor3D, tokens: number, projection: tf.Tensor): tf.Tensor {
  const [batch, count, width] = all.shape;
  const read = tf.slice(all, [0, count - tokens, 0], [batch, tokens, width]); // [B, M, d_v]
  const rows = tf.reshape(read, [batch * tokens, width]) as tf.Tensor2D;
  const features = projected({ ...transformerWeights(weights.vision), projection }, config, rows); // [B · M, e]
  return normalised(tf.mean(tf.reshape(features, [batch, tokens, -1]), 1));
}

/** Epochs, batch and optimizer of MMRL and MMRL++ for a protocol, as published. */
export function twoFeatureTraining({ protocol, dataset }: TaskInfo) {
  const common = { lr: 1e-3, cropScale: 0.5, optimizer: { name: 'adamw' as const, weightDecay: 5e-4 } };
  if (protocol === 'cross-dataset' || protocol === 'domain-generalization')
    return { ...common, epochs: 1, batch: 32, schedule: { name: 'cosine' as const } };
  if (dataset === 'imagenet') return { ...common, epochs: 5, batch: 32 };
  return protocol === 'few-shot' ? { ...common, epochs: 50, batch: 32 } : { ...common, epochs: 10, batch: 4 };
}
