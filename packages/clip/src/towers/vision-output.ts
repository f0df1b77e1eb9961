import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { VisionWeights } from '../weights/weights.js';
import { attentionPool } from './attention-pool.js';
import { blockSettings, norm } from './block.js';
import { classState, meanPatch, type VisionState } from './vision-state.js';

/**
 * The image features [B, e] of a state after the last layer, before L2 normalisation.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { classState, finishVision, startVision, stepVision, transformerWeights } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const tower = transformerWeights(clip.weights.vision);
 * const images = tf.zeros([2, 3, clip.imageSize, clip.imageSize]);
 * let state = startVision(tower, clip.config, images);
 * while (state.layer < clip.config.vision.layers) state = stepVision(tower, clip.config, state);
 * console.log(finishVision(tower, clip.config, state).shape[0], classState(clip.config, state).shape[0]); // 2 2
 * clip.dispose();
 * ```
 */
export function finishVision(weights: VisionWeights, config: ClipConfig, state: VisionState): tf.Tensor2D {
  const { pooling = 'class', lnPost = 'before' } = config.vision;
  if (pooling === 'class') return projected(weights, config, classState(config, state));
  const { tokens } = state;
  if (pooling === 'mean' && lnPost === 'after') return projected(weights, config, meanPatch(config, state));
  const [batch, count, width] = tokens.shape;
  const rows = norm(tf.reshape(tokens, [batch * count, width]), weights.lnPost, config.vision.epsilon);
  const normed = { ...state, tokens: tf.reshape(rows, [batch, count, width]) as tf.Tensor3D }; // [B, N, D]
  return intoEmbedding(
    weights,
    pooling === 'mean'
      ? meanPatch(config, normed)
      : attentionPool(normed.tokens, weights.pool!, blockSettings(config, 'vision')),
  );
}

/**
 * Rows [R, D] after the last layer norm and the projection, [R, e].
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { projected } from '@dgprompt/clip/towers';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const { config, weights, dispose } = await loadClip(miniClip);
 * console.log(projected(weights.vision, config, tf.ones([3, config.vision.width])).shape); // [ 3, 128 ]
 * dispose();
 * ```
 */
export function projected(weights: VisionWeights, { vision }: ClipConfig, rows: tf.Tensor2D): tf.Tensor2D {
  return intoEmbedding(weights, norm(rows, weights.lnPost, vision.epsilon));
}

/** The projection to the embedding space, if the tower has one: [R, D] → [R, e]. */
export function intoEmbedding({ projection, projectionBias }: VisionWeights, rows: tf.Tensor2D): tf.Tensor2D {
  if (!projection) return rows;
  const out: tf.Tensor2D = tf.matMul(rows, projection as tf.Tensor2D);
  return projectionBias ? tf.add(out, projectionBias) : out;
}
