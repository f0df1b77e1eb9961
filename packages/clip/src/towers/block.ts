import { attention, gelu, geluTanh, layerNorm, quickGelu, silu } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, ClipConfig } from '../config.js';
import type { BlockWeights, MlpWeights, NormWeights } from '../weights/parameters.js';
import { type BlockChanges, changedRows, changedSideBySide, withAdapter } from './changes.js';

/** Settings that the weights of a tower's blocks do not show. */
export interface BlockSettings {
  heads: number;
  activation: Activation;
  /** Added to the variance in layer norms. Default: 1e-5 */
  epsilon?: number;
  /** Whether layer norms come after attention and MLP. Default: false */
  normAfter?: boolean;
}

/**
 * The settings of a tower's blocks.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { blockSettings } from '@dgprompt/clip/towers';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * console.log(blockSettings(clip.config, 'text').activation); // quick_gelu
 * clip.dispose();
 * ```
 */
export function blockSettings(config: ClipConfig, tower: 'vision' | 'text'): BlockSettings {
  const { heads, activation = config.activation, epsilon } = config[tower];
  return { heads, activation, epsilon, normAfter: tower === 'vision' && config.vision.normAfter === true };
}

/** Options of a block. */
export interface BlockOptions extends BlockSettings {
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
  /** Rotary positions: rotates the heads of all tokens, [B, H, N, D/H]. Tokens that are read must have none. */
  rotate?: (heads: tf.Tensor4D) => tf.Tensor4D;
  /** Changes to the frozen weights, and adapters parallel to the block. */
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
 * CLIP's residual attention block (pre-norm, Radford et al., ICML 2021), and its variants in other families: an MLP
 * with a gate, layer norms inside or after attention and MLP, rotary positions.
 *
 * @param tokens [B, N, D]
 * @returns the outputs [B, N, D] (or [B, R, D] with `read`), and the keys and values of these N tokens
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { block, blockSettings, transformerWeights } from '@dgprompt/clip/towers';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const [first] = transformerWeights(clip.weights.vision).blocks;
 * const zeros = tf.zeros<tf.Rank.R3>([1, 5, clip.config.vision.width]);
 * const { tokens } = block(zeros, first!, blockSettings(clip.config, 'vision'));
 * console.log(tokens.shape[1]); // 5
 * clip.dispose();
 * ```
 */
export function block(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  { mask, past, read, rotate = heads => heads, changes, ...settings }: BlockOptions,
): { tokens: tf.Tensor3D } & KeyValues {
  const [batch, count, width] = tokens.shape;
  let own: KeyValues | undefined;
  const out = blockOfRows(tf.reshape(tokens, [batch * count, width]), weights, {
    ...settings,
    changes,
    attend: (rest, readQueries) => {
      const { queries, keys, values } = toHeads(rest, batch, settings.heads, readQueries);
      own = { keys: rotate(keys), values };
      return attendHeads(readQueries ? queries : rotate(queries), own.keys, values, { mask, past });
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

export interface RowBlockOptions extends BlockSettings {
  changes?: BlockChanges;
  /**
   * Attention: the only part of a block that connects rows.
   * @param rest concatenated queries, keys and values of all rows, [R, 3D]; with `read` keys and values, [R, 2D]
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
  { activation, epsilon, normAfter = false, attend, read, changes }: RowBlockOptions,
): tf.Tensor2D {
  const before = (x: tf.Tensor2D, weights: NormWeights<tf.Tensor>) => (normAfter ? x : norm(x, weights, epsilon));
  const after = (x: tf.Tensor2D, weights: NormWeights<tf.Tensor>) => (normAfter ? norm(x, weights, epsilon) : x);
  const normed = before(rows, ln1); // [R, D]
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
  const out = after(attentionOutput(mixed, attention, epsilon, changes), ln1);
  const attended = withAdapter(tf.add(residual, out), 'attention', changes, entering);
  const middle = before(attended, ln2); // [R', D]
  const down = after(mlpOutput(middle, mlp, { activation, epsilon }, changes), ln2);
  const leaving = withAdapter(tf.add(attended, down), 'mlp', changes, () => [middle, attended]);
  return withAdapter(leaving, 'block', changes, entering);
}

/** The output layer of attention, with its layer norm if it has one: [R, D] → [R, D]. */
export function attentionOutput(
  mixed: tf.Tensor2D,
  { norm: inner, outWeight, outBias }: AttentionWeights,
  epsilon: number | undefined,
  changes?: BlockChanges,
): tf.Tensor2D {
  const rows = inner ? norm(mixed, inner, epsilon) : mixed;
  return changedRows(linear(rows, outWeight, outBias), rows, 'out', changes);
}

/** The MLP of a block, [R, D] → [R, D]. */
export function mlpOutput(
  rows: tf.Tensor2D,
  { gateWeight, gateBias, upWeight, upBias, norm: inner, downWeight, downBias }: MlpWeights<tf.Tensor>,
  { activation, epsilon }: Pick<BlockSettings, 'activation' | 'epsilon'>,
  changes?: BlockChanges,
): tf.Tensor2D {
  const up = changedRows(linear(rows, upWeight, upBias), rows, 'up', changes); // [R, F]
  const activate = activations[activation];
  const gate = gateWeight && activate(linear(rows, gateWeight, gateBias!));
  const active: tf.Tensor2D = gate ? tf.mul(gate, up) : activate(up); // [R, F]
  const hidden = inner ? norm(active, inner, epsilon) : active;
  return changedRows(linear(hidden, downWeight, downBias), hidden, 'down', changes);
}

const activations: Record<Activation, <T extends tf.Tensor>(x: T) => T> = {
  quick_gelu: quickGelu,
  gelu,
  gelu_tanh: geluTanh,
  silu,
};

/** Keys and values of tokens whose outputs are not read: all that the last block needs of a prefix. */
export function keysAndValues(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  { heads, epsilon }: BlockSettings,
): KeyValues {
  const [batch, count, width] = tokens.shape;
  const normed = norm(tf.reshape(tokens, [batch * count, width]), weights.ln1, epsilon);
  return toKeyValues(projectKeysAndValues(normed as tf.Tensor2D, weights.attention), batch, heads);
}

/** Concatenated keys and values, [B · N, 2D], as heads. */
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

/** Layer norm over the last axis. @param epsilon defaults to CLIP's, 1e-5 */
export function norm<T extends tf.Tensor>(x: T, { weight, bias }: NormWeights<tf.Tensor>, epsilon?: number): T {
  return layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D, epsilon) as T;
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
