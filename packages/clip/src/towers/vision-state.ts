import * as tf from '@tensorflow/tfjs-core';
import { type ClipConfig, classTokens } from '../config.js';

/** A vision tower between layers: the tokens entering layer `layer`. */
export interface VisionState {
  layer: number;
  /** [B, places + prompts, D]; after the last layer [B, 1, D] if nothing reads more than the class token */
  tokens: tf.Tensor3D;
  prompts: number;
}

/**
 * The class token of a state, [B, D]; the mean of the patches in a tower that has none.
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
export function classState(config: ClipConfig, state: VisionState): tf.Tensor2D {
  return classTokens(config.vision) === 1 ? tf.squeeze(firstToken(state.tokens), [1]) : meanPatch(config, state);
}

/** The mean over the patches, without class token and prompts: [B, D]. */
export function meanPatch({ vision }: ClipConfig, { tokens, prompts }: VisionState): tf.Tensor2D {
  const [batch, count, width] = tokens.shape;
  const first = classTokens(vision);
  return tf.mean(tf.slice(tokens, [0, first, 0], [batch, count - first - prompts, width]), 1);
}

/** The first token of each image, [B, 1, D]. */
export function firstToken(tokens: tf.Tensor3D): tf.Tensor3D {
  const [batch, count, width] = tokens.shape;
  return count === 1 ? tokens : tf.slice(tokens, [0, 0, 0], [batch, 1, width]); // [B, 1, D]
}
