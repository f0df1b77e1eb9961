import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { BlockWeights } from '../weights/parameters.js';
import type { VisionTowerWeights } from '../weights/weights.js';
import { attendHeads, type BlockOptions, blockOfRows, blockSettings, type KeyValues, splitHeads } from './block.js';
import { broadcast } from './broadcast.js';
import { changesOf } from './changes.js';
import { finishText } from './text.js';
import { type TextOptions, type TextTower, textWalk } from './text-features.js';
import { endMask } from './text-plan.js';
import { enterText, runText } from './text-prefix.js';
import { transformerWeights, type VisionOptions } from './vision.js';
import { enterVision, preNormed, runVision, startVision } from './vision-layers.js';
import { tokenFeatures } from './vision-tokens.js';

/**
 * One layer of tokens that read a tower and that nothing reads, not even each other (RPO, Lee et al., ICCV 2023): they
 * attend to the keys and values that the layer has without them.
 *
 * @param rows [G · K, D], K for each group
 * @param seen keys and values of each group, [G, H, N, D/H]
 */
function readBlock(
  rows: tf.Tensor2D,
  weights: BlockWeights<tf.Tensor>,
  { keys, values }: KeyValues,
  { changes, mask, past, ...settings }: Omit<BlockOptions, 'read' | 'rotate'>,
): tf.Tensor2D {
  const attend = (_: tf.Tensor2D, queries: tf.Tensor2D | undefined) =>
    attendHeads(splitHeads(queries!, keys.shape[0], settings.heads), keys, values, { mask, past });
  return blockOfRows(rows, weights, { ...settings, changes, attend, read: all => all });
}

/** Readers for each group, as rows: [G · K, D]. */
function rowsFor(groups: number, readers: tf.Tensor, width: number, tower: string): tf.Tensor2D {
  const [count, depth] = readers.shape.slice(-2);
  if (readers.rank < 2 || depth !== width)
    throw new Error(`Readers of the ${tower} tower are [K, ${width}]; these are [${readers.shape}].`);
  return tf.reshape(broadcast(readers, [groups, count!, width]), [groups * count!, width]);
}

/**
 * Features of readers in the prompts of each class, which read up to its end token.
 *
 * @param readers [K, d_t], the same for all classes, without positions
 * @returns [C, K, e], or [B, C, K, e] if prompts are per image, before L2 normalisation
 */
export function textReaders(
  tower: TextTower,
  classNames: readonly string[],
  readers: tf.Tensor,
  options: TextOptions = {},
): tf.Tensor {
  const { walk, start, context } = textWalk(tower, classNames, options);
  const { weights, config, changes = {} } = walk;
  const { width } = config.text;
  let state = start;
  let rows = rowsFor(classNames.length, readers, width, 'text'); // [B · C · K, d]
  while (state.layer < context.length) {
    const { layer } = state;
    const { entering } = enterText(walk, state, context[layer]);
    const { plan, copies } = entering;
    rows = forImages(rows, copies / state.copies);
    state = runText(walk, entering, ({ past, ...own }) => {
      rows = readBlock(rows, weights.blocks[layer]!, own, {
        ...blockSettings(config, 'text'),
        past,
        mask: endMask(plan, copies),
        changes: changesOf(changes, 'text', layer),
      });
    });
  }
  const shape = [...(state.perImage ? [state.copies] : []), classNames.length, -1, config.embedDim];
  return tf.reshape(finishText(weights, config, rows), shape);
}

/** Rows repeated for every image, once prompts are per image. */
function forImages(rows: tf.Tensor2D, images: number): tf.Tensor2D {
  if (images === 1) return rows;
  const [count, width] = rows.shape;
  return tf.reshape(broadcast(tf.reshape(rows, [1, count, width]), [images, count, width]), [images * count, width]);
}

/**
 * Features of readers next to the tokens of each image.
 *
 * @param readers [K, d_v], or [B, K, d_v] per image; they enter before `ln_pre` (if there is one), without positions
 * @returns [B, K, e], before L2 normalisation
 */
export function visionReaders(
  given: VisionTowerWeights,
  config: ClipConfig,
  images: tf.Tensor,
  readers: tf.Tensor,
  { prompts, ...changes }: VisionOptions = {},
): tf.Tensor3D {
  const weights = transformerWeights(given);
  const { width, layers } = config.vision;
  const batch = images.shape[0]!;
  let state = startVision(weights, config, images);
  let rows = preNormed(weights, config, rowsFor(batch, readers, width, 'vision')); // [B · K, D]
  while (state.layer < layers) {
    const { layer } = state;
    const { entering } = enterVision(weights, config, state, prompts?.layer(layer), changes);
    state = runVision(weights, config, entering, changes, seen => {
      rows = readBlock(rows, weights.blocks[layer]!, seen, {
        ...blockSettings(config, 'vision'),
        changes: changesOf(changes, 'vision', layer),
      });
    });
  }
  return tf.reshape(tokenFeatures(weights, config, rows), [batch, -1, config.embedDim]);
}
