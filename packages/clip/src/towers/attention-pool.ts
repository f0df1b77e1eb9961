import * as tf from '@tensorflow/tfjs-core';
import type { PoolWeights } from '../weights/parameters.js';
import { attendHeads, attentionOutput, type BlockSettings, mlpOutput, norm, splitHeads } from './block.js';

type Settings = Pick<BlockSettings, 'heads' | 'activation' | 'epsilon'>;

/**
 * One learned query attends to all tokens, and an MLP follows (SigLIP, Zhai et al., ICCV 2023).
 *
 * @param tokens [B, N, D], after the last layer norm
 * @returns [B, D]
 */
export function attentionPool(tokens: tf.Tensor3D, weights: PoolWeights<tf.Tensor>, settings: Settings): tf.Tensor2D {
  const [batch, count, width] = tokens.shape;
  const { qkvWeight, qkvBias } = weights.attention;
  const { heads } = settings;
  const project = (rows: tf.Tensor2D, part: number, parts: number) =>
    tf.add<tf.Tensor2D>(
      tf.matMul(rows, tf.slice(qkvWeight, [0, part * width], [width, parts * width]) as tf.Tensor2D),
      tf.slice(qkvBias, [part * width], [parts * width]),
    );
  const query = splitHeads(project(tf.reshape(weights.query, [1, width]), 0, 1), 1, heads); // [1, H, 1, D/H]
  const rows = splitHeads(project(tf.reshape(tokens, [batch * count, width]), 1, 2), batch, 2 * heads);
  const [keys, values] = tf.split(rows, 2, 1) as [tf.Tensor4D, tf.Tensor4D]; // [B, H, N, D/H]
  const each = tf.tile(query, [batch, 1, 1, 1]); // [B, H, 1, D/H]
  return afterAttention(attendHeads(each, keys, values, {}), weights, settings);
}

/** What the pool would return for each token if the query attended to it alone: [R, D] → [R, D]. */
export function pooledAlone(rows: tf.Tensor2D, weights: PoolWeights<tf.Tensor>, settings: Settings): tf.Tensor2D {
  const [, width] = rows.shape;
  const { qkvWeight, qkvBias } = weights.attention;
  const values = tf.matMul(rows, tf.slice(qkvWeight, [0, 2 * width], [width, width]) as tf.Tensor2D);
  return afterAttention(tf.add(values, tf.slice(qkvBias, [2 * width], [width])), weights, settings);
}

function afterAttention(mixed: tf.Tensor2D, weights: PoolWeights<tf.Tensor>, settings: Settings): tf.Tensor2D {
  const pooled = attentionOutput(mixed, weights.attention, settings.epsilon);
  return tf.add(pooled, mlpOutput(norm(pooled, weights.norm, settings.epsilon), weights.mlp, settings));
}
