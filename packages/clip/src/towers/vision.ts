import * as tf from '@tensorflow/tfjs-core';
import { type ClipConfig, classTokens } from '../config.js';
import type { ConvNextWeights, ResNetWeights, VisionTowerWeights, VisionWeights } from '../weights/weights.js';
import { attentionPool } from './attention-pool.js';
import { block, blockSettings, type KeyValues, norm } from './block.js';
import { broadcast } from './broadcast.js';
import { changedBetween, changesAnything, changesOf, type TowerChanges } from './changes.js';
import { convNextTower } from './convnext.js';
import { resNetTower } from './resnet.js';
import { rotary } from './rotary.js';

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

/** A vision tower between layers: the tokens entering layer `layer`. */
export interface VisionState {
  layer: number;
  /** [B, places + prompts, D]; after the last layer [B, 1, D] if nothing reads more than the class token */
  tokens: tf.Tensor3D;
  prompts: number;
}

const isTransformer = (weights: VisionTowerWeights): weights is VisionWeights => 'blocks' in weights;

const isResNet = (weights: VisionTowerWeights): weights is ResNetWeights => 'stem' in weights;

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

export function checkImages({ vision: { imageSize } }: ClipConfig, images: tf.Tensor): void {
  const [, channels, height, columns] = images.shape;
  if (images.rank !== 4 || channels !== 3 || height !== imageSize || columns !== imageSize)
    throw new Error(`Images for this CLIP are [B, 3, ${imageSize}, ${imageSize}]; these are [${images.shape}].`);
}

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

/** The mean over the patches, without class token and prompts: [B, D]. */
function meanPatch({ vision }: ClipConfig, { tokens, prompts }: VisionState): tf.Tensor2D {
  const [batch, count, width] = tokens.shape;
  const first = classTokens(vision);
  return tf.mean(tf.slice(tokens, [0, first, 0], [batch, count - first - prompts, width]), 1);
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

function firstToken(tokens: tf.Tensor3D): tf.Tensor3D {
  const [batch, count, width] = tokens.shape;
  return count === 1 ? tokens : tf.slice(tokens, [0, 0, 0], [batch, 1, width]); // [B, 1, D]
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
 * Images cut into patches, one row each, in the order of a flattened convolution kernel [D, 3, P, P]: [B·g², 3·P·P].
 */
function patchRows(images: tf.Tensor, { vision: { imageSize, patchSize } }: ClipConfig): tf.Tensor2D {
  const batch = images.shape[0]!;
  const grid = imageSize / patchSize;
  const cut = tf.reshape(images, [batch, 3, grid, patchSize, grid, patchSize]);
  const ordered = tf.transpose(cut, [0, 2, 4, 1, 3, 5]); // [B, g, g, 3, P, P]
  return tf.reshape(ordered, [batch * grid * grid, 3 * patchSize * patchSize]);
}
