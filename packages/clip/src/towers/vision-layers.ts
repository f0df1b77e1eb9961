import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { VisionWeights } from '../weights/weights.js';
import { block, blockSettings, type KeyValues, norm } from './block.js';
import { broadcast } from './broadcast.js';
import { changedBetween, changesOf, type TowerChanges } from './changes.js';
import { rotary } from './rotary.js';
import { firstToken, type VisionState } from './vision-state.js';

/**
 * The tokens entering layer 0: class token (if the tower has one) and patches, with positions, after `ln_pre` (if the
 * tower has it).
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
export function startVision(weights: VisionWeights, config: ClipConfig, images: tf.Tensor): VisionState {
  checkImages(config, images);
  const { width } = config.vision;
  const [batch] = images.shape as [number];
  const rows = tf.matMul(patchRows(images, config), weights.patchWeight as tf.Tensor2D); // [B·g², D]
  const patches = tf.reshape(weights.patchBias ? tf.add(rows, weights.patchBias) : rows, [batch, -1, width]);
  const places = weights.classEmbedding
    ? tf.concat([broadcast(tf.reshape(weights.classEmbedding, [1, 1, width]), [batch, 1, width]), patches], 1)
    : patches; // [B, places, D]
  const tokens = preNormed(weights, config, tf.add(places, weights.positions) as tf.Tensor3D);
  return { layer: 0, tokens, prompts: 0 };
}

export function checkImages({ vision: { imageSize } }: ClipConfig, images: tf.Tensor): void {
  const [, channels, height, columns] = images.shape;
  if (images.rank !== 4 || channels !== 3 || height !== imageSize || columns !== imageSize)
    throw new Error(`Images for this CLIP are [B, 3, ${imageSize}, ${imageSize}]; these are [${images.shape}].`);
}

/**
 * Images cut into patches, one row each, in the order of a flattened convolution kernel [D, 3, P, P]: [B·g², 3·P·P].
 */
function patchRows(images: tf.Tensor, { vision: { imageSize, patchSize } }: ClipConfig): tf.Tensor2D {
  const batch = images.shape[0]!;
  const grid = imageSize / patchSize;
  const cut = tf.reshape(images, [batch, 3, grid, patchSize, grid, patchSize]);
  const ordered = tf.transpose(cut, [0, 2, 4, 1, 3, 5]); // [B, g, g, 3, P, P]
  return tf.reshape(ordered, [batch * grid * grid, 3 * patchSize * patchSize]);
}

/** The input of the first block: after `ln_pre`, if the tower has it. */
export function preNormed<T extends tf.Tensor>({ lnPre }: VisionWeights, { vision }: ClipConfig, x: T): T {
  return lnPre ? norm(x, lnPre, vision.epsilon) : x;
}

/**
 * One layer, with `prompts` entering it. After the last layer only the class token is left, if nothing reads the
 * others.
 *
 * @param prompts [M, D] or [B, M, D]; undefined keeps the previous layer's outputs
 * @param changes changes inside the tower
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { startVision, stepVision, transformerWeights } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const tower = transformerWeights(clip.weights.vision);
 * const state = startVision(tower, clip.config, tf.zeros([2, 3, clip.imageSize, clip.imageSize]));
 * const prompts = tf.zeros([4, clip.config.vision.width]);
 * console.log(stepVision(tower, clip.config, state, prompts).prompts); // 4
 * clip.dispose();
 * ```
 */
export function stepVision(
  weights: VisionWeights,
  config: ClipConfig,
  state: VisionState,
  prompts?: tf.Tensor,
  changes: TowerChanges = {},
): VisionState {
  return runVision(weights, config, enterVision(weights, config, state, prompts, changes).entering, changes);
}

/**
 * The tokens entering a layer, with prompts inserted and changed by `between`; and the state whose class token enters:
 * the given one, unless `between` has changed it.
 */
export function enterVision(
  weights: VisionWeights,
  config: ClipConfig,
  state: VisionState,
  prompts: tf.Tensor | undefined,
  changes: TowerChanges,
): { entering: VisionState; seen: VisionState } {
  const put = prompts ? putIn(weights, config, state, prompts) : state;
  const tokens = changedBetween(changes, 'vision', state.layer, put.tokens);
  if (tokens === put.tokens) return { entering: put, seen: state };
  const entering = { ...put, tokens };
  return { entering, seen: entering };
}

function putIn(
  weights: VisionWeights,
  config: ClipConfig,
  { layer, tokens, prompts: present }: VisionState,
  prompts: tf.Tensor,
): VisionState {
  const [batch, count, width] = tokens.shape;
  const added = prompts.shape[prompts.rank - 2]!;
  if (
    prompts.shape[prompts.rank - 1] !== width ||
    (prompts.rank === 3 && prompts.shape[0] !== batch && prompts.shape[0] !== 1) ||
    prompts.rank > 3
  )
    throw new Error(
      `Visual prompts of layer ${layer} are [M, ${width}] or [${batch}, M, ${width}]; these are [${prompts.shape}].`,
    );
  const normed = layer === 0 ? preNormed(weights, config, prompts) : prompts;
  const each = broadcast<tf.Tensor3D>(normed, [batch, added, width]); // [B, M, D]
  const kept = present === 0 ? tokens : tf.slice(tokens, [0, 0, 0], [batch, count - present, width]);
  return { layer, tokens: tf.concat([kept, each], 1), prompts: added };
}

/**
 * One layer; the last one has outputs for the class token only, unless `all` are wanted or pooled.
 *
 * @param keep gets the keys and values of all tokens
 */
export function runVision(
  weights: VisionWeights,
  config: ClipConfig,
  { layer, tokens, prompts }: VisionState,
  { all = false, ...changes }: TowerChanges & { all?: boolean },
  keep?: (seen: KeyValues) => void,
): VisionState {
  const { layers, pooling = 'class' } = config.vision;
  const last = layer === layers - 1;
  const out = block(tokens, weights.blocks[layer]!, {
    ...blockSettings(config, 'vision'),
    rotate: rotary(config.vision, tokens.shape[1]),
    changes: changesOf(changes, 'vision', layer),
    ...(last && !all && pooling === 'class' && { read: firstToken }),
  });
  keep?.(out);
  const left = last ? changedBetween(changes, 'vision', layers, out.tokens) : out.tokens;
  return { layer: layer + 1, tokens: left, prompts };
}
