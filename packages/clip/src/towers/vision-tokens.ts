import * as tf from '@tensorflow/tfjs-core';
import { type ClipConfig, classTokens } from '../config.js';
import type { VisionTowerWeights, VisionWeights } from '../weights/weights.js';
import { pooledAlone } from './attention-pool.js';
import { blockSettings, norm } from './block.js';
import { convNextTokens } from './convnext.js';
import { resNetTokens } from './resnet.js';
import { convolutional, transformerWeights, type VisionOptions, walkVision } from './vision.js';
import { checkImages } from './vision-layers.js';
import { finishVision, intoEmbedding, projected } from './vision-output.js';
import type { VisionState } from './vision-state.js';

/**
 * Every token of a vision tower as features, [B, N, e], and the tokens entering layers 0, 1, … and leaving the last,
 * [B, N, d_v] each. The class token comes first (the pooled token in a tower that has none, which `states` do not
 * have), patches row by row next, prompts last. A convolutional tower has features only: the pooled one, and every cell
 * as if it were the only one.
 *
 * @returns before L2 normalisation
 */
export function visionTokens(
  weights: VisionTowerWeights,
  config: ClipConfig,
  images: tf.Tensor,
  options: VisionOptions = {},
): { tokens: tf.Tensor3D; states: tf.Tensor3D[] } {
  const convolutions = convolutional(weights, options);
  if (convolutions) {
    checkImages(config, images);
    const tokens =
      'stem' in convolutions
        ? resNetTokens(convolutions, config, images)
        : convNextTokens(convolutions, config.vision, images);
    return { tokens, states: [] };
  }
  const transformer = transformerWeights(weights);
  const states: tf.Tensor3D[] = [];
  const last = walkVision(transformer, config, images, { ...options, all: true }, ({ tokens }) => states.push(tokens));
  return { tokens: asFeatures(transformer, config, last), states: [...states, last.tokens] };
}

/** Every token as a feature, the pooled one first. */
function asFeatures(weights: VisionWeights, config: ClipConfig, state: VisionState): tf.Tensor3D {
  const [batch, count, width] = state.tokens.shape;
  const rows = tokenFeatures(weights, config, tf.reshape(state.tokens, [batch * count, width]));
  const tokens = tf.reshape(rows, [batch, count, -1]) as tf.Tensor3D; // [B, N, e]
  if ((config.vision.pooling ?? 'class') === 'class') return tokens;
  const first = classTokens(config.vision);
  const rest = tf.slice(tokens, [0, first, 0], [batch, count - first, -1]) as tf.Tensor3D;
  return tf.concat([tf.expandDims(finishVision(weights, config, state), 1) as tf.Tensor3D, rest], 1);
}

/** Tokens [R, D] after the last layer as features [R, e], each as if it were the only one. */
export function tokenFeatures(weights: VisionWeights, config: ClipConfig, rows: tf.Tensor2D): tf.Tensor2D {
  if (!weights.pool) return projected(weights, config, rows);
  const normed = norm(rows, weights.lnPost, config.vision.epsilon);
  return intoEmbedding(weights, pooledAlone(normed, weights.pool, blockSettings(config, 'vision')));
}
