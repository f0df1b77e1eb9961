import type * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { ConvNextWeights, ResNetWeights, VisionTowerWeights, VisionWeights } from '../weights/weights.js';
import { changesAnything, type TowerChanges } from './changes.js';
import { convNextTower } from './convnext.js';
import { resNetTower } from './resnet.js';
import { checkImages, enterVision, runVision, startVision } from './vision-layers.js';
import { finishVision } from './vision-output.js';
import type { VisionState } from './vision-state.js';

/** Visual prompts, requested layer by layer. */
export interface VisionPrompts {
  /**
   * The prompt tokens entering layer l: [M, d_v], or [B, M, d_v] per image. Those of layer 0 are appended to the
   * patches (which have positions, before `ln_pre` if there is one); those of a later layer replace the outputs of the
   * previous prompts.
   */
  layer(l: number): tf.Tensor | undefined;
}

/** Visual prompts, and changes inside the tower. */
export interface VisionOptions extends TowerChanges {
  prompts?: VisionPrompts;
}

/**
 * A CLIP's vision transformer, with optional prompts, or a ModifiedResNet or ConvNeXt without.
 *
 * @param images [B, 3, R, R], normalised with this CLIP's mean and standard deviation
 * @returns [B, e], before L2 normalisation
 * @throws a sentence if images or prompts have the wrong shape, or a convolutional tower gets prompts
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { visionTower } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const images = tf.zeros([2, 3, clip.imageSize, clip.imageSize]);
 * console.log(visionTower(clip.weights.vision, clip.config, images).shape); // [ 2, 128 ]
 * clip.dispose();
 * ```
 */
export function visionTower(
  weights: VisionTowerWeights,
  config: ClipConfig,
  images: tf.Tensor,
  options: VisionOptions = {},
): tf.Tensor2D {
  const convolutions = convolutional(weights, options);
  if (convolutions) {
    checkImages(config, images);
    return isResNet(convolutions)
      ? resNetTower(convolutions, config, images)
      : convNextTower(convolutions as ConvNextWeights, config.vision, images);
  }
  const transformer = transformerWeights(weights);
  return finishVision(transformer, config, walkVision(transformer, config, images, options));
}

/**
 * All layers of a vision transformer.
 *
 * @param all outputs of every token from the last layer, not only of the class token
 * @param see gets the state entering each layer; without `all`, only its class token is guaranteed to be the one
 *   entering
 * @returns the state after the last layer
 */
export function walkVision(
  weights: VisionWeights,
  config: ClipConfig,
  images: tf.Tensor,
  { prompts, all = false, ...changes }: VisionOptions & { all?: boolean },
  see: (state: VisionState) => void = () => {},
): VisionState {
  let state = startVision(weights, config, images);
  while (state.layer < config.vision.layers) {
    const later = all || changes.between !== undefined;
    if (!later) see(state);
    const { entering, seen } = enterVision(weights, config, state, prompts?.layer(state.layer), changes);
    if (later) see(all ? entering : seen);
    state = runVision(weights, config, entering, { all, ...changes });
  }
  return state;
}

/**
 * The weights of a vision transformer.
 *
 * @throws a sentence if the tower is a ModifiedResNet or a ConvNeXt
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { transformerWeights } from '@dgprompt/clip/towers';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * console.log(transformerWeights(clip.weights.vision).blocks.length === clip.config.vision.layers); // true
 * clip.dispose();
 * ```
 */
export function transformerWeights(weights: VisionTowerWeights): VisionWeights {
  if (isTransformer(weights)) return weights;
  throw new Error(
    `The vision tower of this CLIP is a ${isResNet(weights) ? 'ModifiedResNet' : 'ConvNeXt'}, which takes no visual prompts and no changes inside: use a method with text prompts only, or a ViT.`,
  );
}

/**
 * A convolutional tower, if nothing is requested that only a transformer has.
 *
 * @returns undefined for a transformer
 */
export function convolutional(
  weights: VisionTowerWeights,
  { prompts, ...changes }: VisionOptions = {},
): ResNetWeights | ConvNextWeights | undefined {
  return isTransformer(weights) || prompts || changesAnything(changes) ? undefined : weights;
}

const isTransformer = (weights: VisionTowerWeights): weights is VisionWeights => 'blocks' in weights;

const isResNet = (weights: VisionTowerWeights): weights is ResNetWeights => 'stem' in weights;
