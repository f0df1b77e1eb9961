import { attention, gelu, layerNorm, quickGelu } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import type { Activation } from './config.js';
import type { BlockWeights, NormWeights } from './parameters.js';

export interface BlockOptions {
  heads: number;
  activation: Activation;
  /** Added to the attention scores, broadcastable to [B, H, R, P + N]; 0 where a query may look, `MASKED` where not. */
  mask?: tf.Tensor;
  /** Keys and values that stand before this call's own tokens: a prefix computed earlier, [B, H, P, D/H] each. */
  past?: KeyValues;
  /**
   * Picks the tokens whose outputs are read, [B, N, D] → [B, R, D]: queries and MLP run for these alone. The last block's
   * other outputs feed nothing, so leaving them out is exact.
   */
  read?: (tokens: tf.Tensor3D) => tf.Tensor3D;
}

export interface KeyValues {
  keys: tf.Tensor4D; // [B, H, N, D/H]
  values: tf.Tensor4D; // [B, H, N, D/H]
}

/** What a mask adds where a query must not look: finite, so that it can be multiplied by zeros, and zero after exp. */
export const MASKED = -1e30;

/**
 * CLIP's residual attention block (pre-norm, Radford et al. 2021).
 * @param tokens [B, N, D]
 * @returns the block's outputs [B, N, D] (or [B, R, D] with `read`), and the keys and values of these N tokens
 */
export function block(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  options: BlockOptions,
): { tokens: tf.Tensor3D } & KeyValues {
  const { heads, activation, mask, past, read } = options;
  const normed = norm(tokens, weights.ln1); // [B, N, D]
  const { queries, keys, values } = read
    ? projectSome(normed, read(normed), weights.attention, heads)
    : projectAll(normed, weights.attention, heads);
  const mixed = attention(
    queries,
    past ? tf.concat([past.keys, keys], 2) : keys,
    past ? tf.concat([past.values, values], 2) : values,
    mask,
  ) as tf.Tensor4D; // [B, H, R, D/H]
  const residual = read ? read(tokens) : tokens; // [B, R, D]
  const attended: tf.Tensor3D = tf.add(
    residual,
    linear(joinHeads(mixed), weights.attention.outWeight, weights.attention.outBias),
  );
  const up = linear(norm(attended, weights.ln2), weights.mlp.upWeight, weights.mlp.upBias); // [B, R, 4D]
  const active = (activation === 'gelu' ? gelu(up) : quickGelu(up)) as tf.Tensor3D; // [B, R, 4D]
  const out: tf.Tensor3D = tf.add(attended, linear(active, weights.mlp.downWeight, weights.mlp.downBias));
  return { tokens: out, keys, values };
}

/** Keys and values of tokens whose outputs nothing reads: all that the last block needs of a prefix. */
export function keysAndValues(tokens: tf.Tensor3D, weights: BlockWeights<tf.Tensor>, heads: number): KeyValues {
  return projectKeysAndValues(norm(tokens, weights.ln1), weights.attention, heads);
}

/** Layer norm over the last axis with CLIP's epsilon, 1e-5. */
export function norm<T extends tf.Tensor>(x: T, { weight, bias }: NormWeights<tf.Tensor>): T {
  return layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D) as T;
}

/** x·W + b over the last axis, as one matrix product of all rows. */
export function linear(x: tf.Tensor3D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor3D {
  const [batch, count, width] = x.shape;
  const flat = tf.add<tf.Tensor2D>(tf.matMul(tf.reshape(x, [batch * count, width]), weight as tf.Tensor2D), bias); // [B·N, out]
  return tf.reshape(flat, [batch, count, weight.shape[1]!]);
}

function projectAll(normed: tf.Tensor3D, { qkvWeight, qkvBias }: BlockWeights<tf.Tensor>['attention'], heads: number) {
  const split = splitHeads(linear(normed, qkvWeight, qkvBias), 3 * heads); // [B, 3H, N, D/H]
  const [queries, keys, values] = tf.split(split, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  return { queries, keys, values };
}

function projectSome(
  normed: tf.Tensor3D,
  read: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>['attention'],
  heads: number,
) {
  const width = normed.shape[2];
  const weight = tf.slice(weights.qkvWeight, [0, 0], [width, width]);
  const bias = tf.slice(weights.qkvBias, [0], [width]);
  const queries = splitHeads(linear(read, weight, bias), heads); // [B, H, R, D/H]
  return { queries, ...projectKeysAndValues(normed, weights, heads) };
}

function projectKeysAndValues(
  normed: tf.Tensor3D,
  { qkvWeight, qkvBias }: BlockWeights<tf.Tensor>['attention'],
  heads: number,
): KeyValues {
  const width = normed.shape[2];
  const weight = tf.slice(qkvWeight, [0, width], [width, 2 * width]);
  const bias = tf.slice(qkvBias, [width], [2 * width]);
  const split = splitHeads(linear(normed, weight, bias), 2 * heads); // [B, 2H, N, D/H]
  const [keys, values] = tf.split(split, 2, 1) as [tf.Tensor4D, tf.Tensor4D];
  return { keys, values };
}

function splitHeads(x: tf.Tensor3D, heads: number): tf.Tensor4D {
  const [batch, count, width] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, count, heads, width / heads]), [0, 2, 1, 3]); // [B, heads, N, D/H]
}

function joinHeads(x: tf.Tensor4D): tf.Tensor3D {
  const [batch, heads, count, depth] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, count, heads * depth]); // [B, N, D]
}
