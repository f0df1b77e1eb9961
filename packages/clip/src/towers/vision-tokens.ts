import * as tf from '@tensorflow/tfjs';
import type { ClipConfig } from '../config.js';
import type { ResNetWeights, VisionWeights } from '../weights/weights.js';
import { norm } from './block.js';
import { changesAnything } from './changes.js';
import { resNetTokens } from './resnet.js';
import {
  checkImages,
  isResNet,
  transformerWeights,
  type VisionOptions,
  type VisionState,
  walkVision,
} from './vision.js';

/**
 * Every token of a vision tower as features, [B, N, e], and the tokens entering layers 0, 1, … and leaving the last,
 * [B, N, d_v] each. The class token comes first, patches row by row next, prompts last. A ModifiedResNet has features
 * only: its attention pool with every cell as a query, the mean of the cells first.
 *
 * @returns before L2 normalisation
 */
export function visionTokens(
  weights: VisionWeights | ResNetWeights,
  config: ClipConfig,
  images: tf.Tensor,
  options: VisionOptions = {},
): { tokens: tf.Tensor3D; states: tf.Tensor3D[] } {
  if (isResNet(weights) && !options.prompts && !changesAnything(options)) {
    checkImages(config, images);
    return { tokens: resNetTokens(weights, config, images), states: [] };
  }
  const transformer = transformerWeights(weights);
  const states: tf.Tensor3D[] = [];
  const last = walkVision(transformer, config, images, { ...options, all: true }, ({ tokens }) => states.push(tokens));
  return { tokens: projected(transformer, last), states: [...states, last.tokens] };
}

/** `ln_post` and the projection of the class token, applied to every token. */
function projected(weights: VisionWeights, { tokens }: VisionState): tf.Tensor3D {
  const [batch, count, width] = tokens.shape;
  const rows = norm(tf.reshape(tokens, [batch * count, width]), weights.lnPost);
  return tf.reshape(tf.matMul(rows as tf.Tensor2D, weights.projection as tf.Tensor2D), [batch, count, -1]);
}
