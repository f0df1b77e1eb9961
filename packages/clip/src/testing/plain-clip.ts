import * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../clip.js';
import { classTokens, patchCount } from '../config.js';
import { DEFAULT_TEMPLATE, type TextOptions } from '../towers/text-features.js';
import type { VisionOptions } from '../towers/vision.js';
import { plainText, plainVision } from './plain-towers.js';

/**
 * The same CLIP with plain towers: the reference for methods with prompts on the fast towers. Not part of the package.
 */
export function plainClip(clip: Clip): Clip {
  const layers = <T>(count: number, layer: (l: number) => T) => Array.from({ length: count }, (_, l) => layer(l));
  const text = (names: readonly string[], { prompts, template = DEFAULT_TEMPLATE }: TextOptions = {}) =>
    plainText(clip, names, prompts ?? template, {
      prompts: prompts && layers(clip.config.text.layers, l => prompts.layer(l)),
    });
  const vision = (images: tf.Tensor, { prompts }: VisionOptions = {}) => {
    const all = plainVision(clip, images, {
      prompts: prompts && layers(clip.config.vision.layers, l => prompts.layer(l)),
    });
    return {
      features: all.features as tf.Tensor2D,
      states: all.states.slice(0, -1).map(state => classOf(clip, state)),
    };
  };
  return {
    ...clip,
    text: (names, options) => text(names, options).features,
    textStates: (names, options) => text(names, options),
    vision: (images, options) => vision(images, options).features,
    visionStates: (images, options) => vision(images, options),
  };
}

/** The class token of all tokens [B, N, D], or the mean of the patches: [B, D]. */
function classOf({ config: { vision } }: Clip, tokens: tf.Tensor3D): tf.Tensor2D {
  if (classTokens(vision) === 1) return tf.squeeze(tf.slice(tokens, [0, 0, 0], [-1, 1, -1]), [1]);
  return tf.mean(tf.slice(tokens, [0, 0, 0], [-1, patchCount(vision), -1]), 1) as tf.Tensor2D;
}
