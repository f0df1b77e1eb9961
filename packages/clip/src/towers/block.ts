import { attention, gelu, layerNorm, quickGelu } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.js';
import type { BlockWeights, NormWeights } from '../weights/parameters.js';
import { type BlockChanges, changedRows, changedSideBySide, withAdapter } from './changes.js';

/** Options of a block. */
export interface BlockOptions {
  heads: number;
  activation: Activation;
  /**
   * Added to the attention scores, broadcastable to [B, H, R, P + N]; 0 where a query may attend, `MASKED` elsewhere.
   */
  mask?: tf.Tensor;
  /** Keys and values before those of these tokens: a prefix computed earlier, [B, H, P, D/H] each. */
  past?: KeyValues;
  /**
   * Picks the tokens whose outputs are read, [B, N, D] → [B, R, D]: queries and MLP run for these only. Nothing reads
   * the other outputs of the last block, so leaving them out is exact.
   */
  read?: (tokens: tf.Tensor3D) => tf.Tensor3D;
  /** Changes of the frozen weights, and adapters beside the block. */
  changes?: BlockChanges;
}

export interface KeyValues {
  keys: tf.Tensor4D; // [B, H, N, D/H]
  values: tf.Tensor4D; // [B, H, N, D/H]
}

/**
 * The mask's value where a query must not attend: finite, so that it can be multiplied by zeros, and zero after exp.
 */
export const MASKED = -1e30;

/**
 * CLIP's residual attention block (pre-norm, Radford et al., ICML 2021).
 *
 * @param tokens [B, N, D]
 * @returns the outputs [B, N, D] (or [B, R, D] with `read`), and the keys and values of these N tokens
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { block, transformerWeights } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const { width, heads } = clip.config.vision;
 * const [first] = transformerWeights(clip.weights.vision).blocks;
 * const { tokens } = block(tf.zeros([1, 5, width]), first!, { heads, activation: clip.config.activation });
 * console.log(tokens.shape[1]); // 5
 * clip.dispose();
 * ```
 */
export function block(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  { heads, activation, mask, past, read, changes }: BlockOptions,
): { tokens: tf.Tensor3D } & KeyValues {
  const [batch, count, width] = tokens.shape;
  let own: KeyValues | undefined;
  const out = blockOfRows(tf.reshape(tokens, [batch * count, width]), weights, {
    activation,
    changes,
    attend: (rest, readQueries) => {
      const { queries, keys, values } = toHeads(rest, batch, heads, readQueries);
      own = { keys, values };
      return attendHeads(queries, keys, values, { mask, past });
    },
    ...(read && {
      read: rows => {
        const some = read(tf.reshape(rows, [batch, count, width])); // [B, R, D]
        return tf.reshape(some, [batch * some.shape[1], width]);
      },
    }),
  });
  return { tokens: tf.reshape(out, [batch, out.shape[0] / batch, width]), ...own! };
}

export interface RowBlockOptions extends Pick<BlockOptions, 'activation' | 'changes'> {
  /**
   * Attention: the only part of a block that connects rows.
   * @param rest queries, keys and values of all rows side by side, [R, 3D]; with `read` keys and values, [R, 2D]
   * @param queries of the rows that are read, [R', D]; undefined without `read`
   * @returns one row for each query, [R or R', D]
   */
  attend: (rest: tf.Tensor2D, queries: tf.Tensor2D | undefined) => tf.Tensor2D;
  /** Picks the rows whose outputs are read, [R, D] → [R', D]. */
  read?: (rows: tf.Tensor2D) => tf.Tensor2D;
}

/**
 * A block over rows of any tokens: everything but attention is one matrix product of all rows.
 *
 * @param rows [R, D]
 * @returns [R, D], or [R', D] with `read`
 */
export function blockOfRows(
  rows: tf.Tensor2D,
  { ln1, attention, ln2, mlp }: BlockWeights<tf.Tensor>,
  { activation, attend, read, changes }: RowBlockOptions,
): tf.Tensor2D {
  const normed = norm(rows, ln1); // [R, D]
  let asking = normed; // [R', D]
  const queries = (pick: (rows: tf.Tensor2D) => tf.Tensor2D) => {
    asking = pick(normed);
    return projectQueries(asking, attention, changes);
  };
  const mixed = read
    ? attend(projectKeysAndValues(normed, attention, changes), queries(read))
    : attend(projectAll(normed, attention, changes), undefined); // [R', D]
  const residual = read ? read(rows) : rows; // [R', D]
  const entering = () => [asking, residual] as const;
  const out = changedRows(linear(mixed, attention.outWeight, attention.outBias), mixed, 'out', changes);
  const attended = withAdapter(tf.add(residual, out), 'attention', changes, entering);
  const middle = norm(attended, ln2); // [R', D]
  const up = changedRows(linear(middle, mlp.upWeight, mlp.upBias), middle, 'up', changes); // [R', 4D]
  const active = activation === 'gelu' ? gelu(up) : quickGelu(up); // [R', 4D]
  const down = changedRows(linear(active, mlp.downWeight, mlp.downBias), active, 'down', changes);
  const leaving = withAdapter(tf.add(attended, down), 'mlp', changes, () => [middle, attended]);
  return withAdapter(leaving, 'block', changes, entering);
}

/** Keys and values of tokens whose outputs are not read: all that the last block needs of a prefix. */
export function keysAndValues(tokens: tf.Tensor3D, weights: BlockWeights<tf.Tensor>, heads: number): KeyValues {
  const [batch, count, width] = tokens.shape;
  const normed = norm(tf.reshape(tokens, [batch * count, width]), weights.ln1);
  return toKeyValues(projectKeysAndValues(normed as tf.Tensor2D, weights.attention), batch, heads);
}

/** Keys and values side by side, [B · N, 2D], as heads. */
export function toKeyValues(rest: tf.Tensor2D, batch: number, heads: number): KeyValues {
  const [keys, values] = tf.split(splitHeads(rest, batch, 2 * heads), 2, 1) as [tf.Tensor4D, tf.Tensor4D];
  return { keys, values };
}

/** Projections as heads. @param rest [B · N, 3D], or [B · N, 2D] if queries [B · R, D] are given separately */
export function toHeads(
  rest: tf.Tensor2D,
  batch: number,
  heads: number,
  apart?: tf.Tensor2D,
): { queries: tf.Tensor4D } & KeyValues {
  if (apart) return { queries: splitHeads(apart, batch, heads), ...toKeyValues(rest, batch, heads) };
  const split = tf.split(splitHeads(rest, batch, 3 * heads), 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const [queries, keys, values] = split; // [B, H, N, D/H]
  return { queries, keys, values };
}

/** Attention of queries [B, H, R, D/H] to the prefix and to their own keys, as rows: [B · R, D]. */
export function attendHeads(
  queries: tf.Tensor4D,
  keys: tf.Tensor4D,
  values: tf.Tensor4D,
  { mask, past }: Pick<BlockOptions, 'mask' | 'past'>,
): tf.Tensor2D {
  const [batch, heads, count, depth] = queries.shape;
  const mixed = attention(
    queries,
    past ? tf.concat([past.keys, keys], 2) : keys,
    past ? tf.concat([past.values, values], 2) : values,
    mask,
  ); // [B, H, R, D/H]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * count, heads * depth]);
}

/** Layer norm over the last axis with CLIP's epsilon, 1e-5. */
export function norm<T extends tf.Tensor>(x: T, { weight, bias }: NormWeights<tf.Tensor>): T {
  return layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D) as T;
}

const linear = (rows: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
  tf.add(tf.matMul(rows, weight as tf.Tensor2D), bias);

type AttentionWeights = BlockWeights<tf.Tensor>['attention'];
type Project = (rows: tf.Tensor2D, weights: AttentionWeights, changes?: BlockChanges) => tf.Tensor2D;

const projectAll: Project = (rows, { qkvWeight, qkvBias }, changes) =>
  changedSideBySide(linear(rows, qkvWeight, qkvBias), rows, ['q', 'k', 'v'], changes);

const projectQueries: Project = (rows, { qkvWeight, qkvBias }, changes) => {
  const [, width] = rows.shape;
  const queries = linear(rows, tf.slice(qkvWeight, [0, 0], [width, width]), tf.slice(qkvBias, [0], [width]));
  return changedRows(queries, rows, 'q', changes);
};

const projectKeysAndValues: Project = (rows, { qkvWeight, qkvBias }, changes) => {
  const [, width] = rows.shape;
  const [weight, bias] = [tf.slice(qkvWeight, [0, width], [width, 2 * width]), tf.slice(qkvBias, [width], [2 * width])];
  return changedSideBySide(linear(rows, weight, bias), rows, ['k', 'v'], changes);
};

/** [B · N, heads · depth] → [B, heads, N, depth]. */
export function splitHeads(rows: tf.Tensor2D, batch: number, heads: number): tf.Tensor4D {
  const [count, width] = rows.shape;
  return tf.transpose(tf.reshape(rows, [batch, count / batch, heads, width / heads]), [0, 2, 1, 3]);
}
