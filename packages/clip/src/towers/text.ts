import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { TextWeights } from '../weights/weights.js';
import { block, blockSettings, MASKED, norm } from './block.js';

/**
 * A CLIP's text transformer over whole token rows: for pretraining, and as the plain form that the faster ones are
 * tested against. If the tower is causal, rows may be cut to the longest one (T below the context length) without
 * changing the result.
 *
 * @param tokens int32 [C, T], T ≤ context length
 * @param ends int32 [C], the position of each row's token that becomes its feature; see `endPositions`
 * @returns [C, e], before L2 normalisation
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { tokenRows } from '@dgprompt/clip/text';
 * import { textTower } from '@dgprompt/clip/towers';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const { tokens, ends } = tokenRows(clip.tokenizer, ['a cat', 'a dog']);
 * console.log(textTower(clip.weights.text, clip.config, tokens, ends).shape); // [ 2, 128 ]
 * clip.dispose();
 * ```
 */
export function textTower(weights: TextWeights, config: ClipConfig, tokens: tf.Tensor, ends: tf.Tensor): tf.Tensor2D {
  const [rows, length] = tokens.shape as [number, number];
  const flat = tf.gather(weights.tokenEmbedding, tf.reshape(tokens, [rows * length])); // [C·T, d]
  return embeddedTextTower(weights, config, tf.reshape(flat, [rows, length, config.text.width]), ends);
}

/**
 * The plain text tower on embeddings [C, T, d] without positions. `entering` may change the tokens that enter a layer
 * (deep prompts); those of layer 0 have positions.
 */
export function embeddedTextTower(
  weights: TextWeights,
  config: ClipConfig,
  embeddings: tf.Tensor3D,
  ends: tf.Tensor,
  entering: (layer: number, tokens: tf.Tensor3D) => tf.Tensor3D = (_, tokens) => tokens,
): tf.Tensor2D {
  const { contextLength, layers, width, causal = true } = config.text;
  const length = embeddings.shape[1];
  if (length > contextLength)
    throw new Error(`Token rows are ${length} long, but this CLIP has positions for ${contextLength}.`);
  const settings = blockSettings(config, 'text');
  const mask = causal ? causalMask(length) : undefined;
  const atEnds = tf.cast(tf.oneHot(tf.cast(ends, 'int32'), length), 'float32') as tf.Tensor2D; // [C, T]
  let tokens: tf.Tensor3D = tf.add(embeddings, tf.slice(weights.positions, [0, 0], [length, width])); // [C, T, d]
  for (let layer = 0; layer < layers; layer++) {
    tokens = entering(layer, tokens);
    const last = layer === layers - 1;
    tokens = block(tokens, weights.blocks[layer]!, {
      ...settings,
      mask: last && mask ? rowMask(atEnds, mask) : mask,
      ...(last && { read: x => pick(x, atEnds) }),
    }).tokens;
  }
  return finishText(weights, config, tf.squeeze(tokens, [1]));
}

/** The text features [N, e] of tokens [N, d] after the last layer, before L2 normalisation. */
export function finishText(weights: TextWeights, { text }: ClipConfig, rows: tf.Tensor2D): tf.Tensor2D {
  const normed = norm(rows, weights.lnFinal, text.epsilon);
  if (!weights.projection) return normed;
  const out: tf.Tensor2D = tf.matMul(normed, weights.projection as tf.Tensor2D);
  return weights.projectionBias ? tf.add(out, weights.projectionBias) : out;
}

/**
 * The position of the token that becomes each row's feature: the first end token, or the last position of all.
 *
 * @param tokens int32 [C, T], padded
 * @returns int32 [C]
 *
 * @example
 * ```ts
 * import { endPositions } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const rows = tf.tensor2d([[8, 3, 9, 0], [8, 5, 4, 9]], [2, 4], 'int32');
 * const text = { contextLength: 4, vocabSize: 10, width: 4, layers: 1, heads: 1 };
 * console.log(endPositions({ text }, rows).arraySync()); // [ 2, 3 ]
 * ```
 */
export function endPositions({ text }: Pick<ClipConfig, 'text'>, tokens: tf.Tensor): tf.Tensor1D {
  const [rows, length] = tokens.shape as [number, number];
  const { pooling = 'end', endToken = text.vocabSize - 1 } = text;
  if (pooling === 'last') return tf.fill([rows], length - 1, 'int32');
  return tf.tidy(() => tf.argMax(tf.cast(tf.equal(tokens, endToken), 'int32'), 1));
}

/** Additive mask [T, T]: a token attends to itself and to those before it. */
export function causalMask(length: number): tf.Tensor2D {
  const values = new Float32Array(length * length);
  for (let query = 0; query < length; query++)
    for (let key = query + 1; key < length; key++) values[query * length + key] = MASKED;
  return tf.tensor2d(values, [length, length]);
}

/** The one token of each row that `at` ([C, T], one-hot) points to: [C, T, d] → [C, 1, d]. */
function pick(tokens: tf.Tensor3D, at: tf.Tensor2D): tf.Tensor3D {
  return tf.sum(tf.mul(tokens, tf.expandDims(at, 2)), 1, true);
}

/** The mask of the picked token of each row: [C, 1, 1, T]. */
function rowMask(at: tf.Tensor2D, causal: tf.Tensor2D): tf.Tensor4D {
  const [rows, length] = at.shape;
  return tf.reshape(tf.matMul(at, causal), [rows, 1, 1, length]);
}
