import { attention, layerNorm, quickGelu, type SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { drawn, type Linear, linear, through, zeros } from './linear.js';

/** Scale and shift of a layer norm. */
type Norm = { weight: tf.Variable; bias: tf.Variable }; // [d], [d]

/** Multi-head attention; queries, keys and values are concatenated. */
type Attention = { qkv: Linear; out: Linear }; // [d, 3d], [d, d]

/** A token that reads others. */
export type Reader = { attention: Attention; before: Norm; after: Norm };

/** Tokens of one width that read tokens of another. */
export type Mapper = {
  query: Linear;
  key: Linear;
  value: Linear;
  attention: Attention;
  before: Norm;
  middle: Norm;
  up: Linear;
  down: Linear;
};

const norm = (width: number): Norm => tf.tidy(() => ({ weight: tf.variable(tf.ones([width])), bias: zeros([width]) }));

/** Initialised as PyTorch's multi-head attention. */
const heads = (random: SeededRandom, width: number): Attention => ({
  qkv: { weight: drawn(random, [width, 3 * width], Math.sqrt(6 / (4 * width))), bias: zeros([3 * width]) },
  out: { weight: drawn(random, [width, width], width ** -0.5), bias: zeros([width]) },
});

export const reader = (random: SeededRandom, width: number): Reader => ({
  attention: heads(random, width),
  before: norm(width),
  after: norm(width),
});

/** @param width of the tokens that read, and of the result @param from width of the tokens that are read */
export const mapper = (random: SeededRandom, width: number, from: number): Mapper => ({
  query: linear(random, width, width),
  key: linear(random, from, width),
  value: linear(random, from, width),
  attention: heads(random, width),
  before: norm(width),
  middle: norm(width),
  up: linear(random, width, 4 * width),
  down: linear(random, 4 * width, width),
});

/** A token [1, d] after reading others [M, d]: [1, d]. */
export function readBy({ attention, before, after }: Reader, token: tf.Tensor, others: tf.Tensor, count: number) {
  const all = normed(others, before);
  return normed(tf.add(token, attended(attention, [normed(token, before), all, all], count)), after);
}

/** Tokens [N, d] after reading others [K, d']: [N, d]. */
export function mappedBy(weights: Mapper, tokens: tf.Tensor, others: tf.Tensor, count: number): tf.Tensor2D {
  const { before, middle, up, down } = weights;
  const query = through(tokens, weights.query); // [N, d]
  const [key, value] = [through(others, weights.key), through(others, weights.value)]; // [K, d]
  const all = [query, key, value].map(one => normed(one, before)) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const read = tf.add(query, attended(weights.attention, all, count)) as tf.Tensor2D; // [N, d]
  return tf.add(read, through(quickGelu(through(normed(read, middle), up)), down));
}

const normed = (rows: tf.Tensor, { weight, bias }: Norm): tf.Tensor2D =>
  layerNorm(rows as tf.Tensor2D, weight as unknown as tf.Tensor1D, bias as unknown as tf.Tensor1D);

/** Attention of queries [N, d] to keys and values [K, d]: [N, d]. */
function attended(
  { qkv, out }: Attention,
  rows: readonly [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D],
  count: number,
): tf.Tensor2D {
  const [, width] = rows[0].shape;
  const parts = tf.split(qkv.weight as tf.Tensor2D, 3, 1);
  const biases = tf.split(qkv.bias as tf.Tensor1D, 3);
  const [queries, keys, values] = rows.map((one, i) => {
    const projected = tf.add(tf.matMul(one, parts[i]!), biases[i]!);
    return tf.transpose(tf.reshape(projected, [one.shape[0], count, width / count]), [1, 0, 2]); // [H, N, d / H]
  });
  const mixed = attention(queries!, keys!, values!); // [H, N, d / H]
  return through(tf.reshape(tf.transpose(mixed, [1, 0, 2]), [rows[0].shape[0], width]), out);
}
