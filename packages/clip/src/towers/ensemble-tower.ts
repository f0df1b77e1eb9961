import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { TextWeights } from '../weights/weights.js';
import { block, blockSettings, type KeyValues, keysAndValues } from './block.js';
import { causalMask, finishText } from './text.js';

/** A text tower, run in two parts: prefixes that many prompts share, and the rests of the prompts. */
export interface Tower {
  weights: TextWeights;
  config: ClipConfig;
}

/** Tokens as indices into a table of the needed embeddings, so that one graph serves all words. */
export type Tokens = {
  table: tf.Tensor; // [V, d]
  places: tf.Tensor; // int32 [N, L]
};

/** The rests of prompts that go through the tower together. */
export type Rests = Tokens & {
  positions: tf.Tensor; // int32 [N, L]
  prefixes: tf.Tensor; // int32 [N], the prefix of each
  /** [N, 1, L, P + L], added to the attention scores; omitted in a tower that is not causal */
  mask?: tf.Tensor;
  ends: tf.Tensor; // [N, L, 1], one-hot
};

/**
 * Keys and values of prefixes in each layer; shorter prefixes may be padded with anything, since the tower is causal.
 *
 * @param tokens of T prefixes of length P
 * @returns keys and values [T, H, P, D/H]
 */
export function prefixStates({ weights, config }: Tower, tokens: Tokens): KeyValues[] {
  const { width } = config.text;
  const settings = blockSettings(config, 'text');
  const length = tokens.places.shape[1]!;
  const mask = causalMask(length);
  // [T, P, d]
  let entering: tf.Tensor3D = tf.add(embedded(tokens), tf.slice(weights.positions, [0, 0], [length, width]));
  return weights.blocks.map((here, layer) => {
    if (layer === config.text.layers - 1) return keysAndValues(entering, here, settings);
    const { tokens: leaving, keys, values } = block(entering, here, { ...settings, mask });
    entering = leaving;
    return { keys, values };
  });
}

/**
 * The features [N, e] of prompts, before L2 normalisation.
 *
 * @param states of the prefixes in each layer; none in a tower that is not causal, in which prompts share nothing
 */
export function restFeatures({ weights, config }: Tower, states: readonly KeyValues[], rests: Rests): tf.Tensor2D {
  const { layers } = config.text;
  const settings = blockSettings(config, 'text');
  const { positions, prefixes, mask, ends } = rests;
  const read = (x: tf.Tensor3D): tf.Tensor3D => tf.sum(tf.mul(x, ends), 1, true); // [N, 1, d]
  const endMask = mask && tf.sum(tf.mul(mask, tf.expandDims(ends, 1)), 2, true); // [N, 1, 1, P + L]
  let tokens: tf.Tensor3D = tf.add(embedded(rests), tf.gather(weights.positions, positions)); // [N, L, d]
  weights.blocks.forEach((here, layer) => {
    const before = states[layer];
    const past = before && {
      keys: tf.gather(before.keys, prefixes), // [N, H, P, D/H]
      values: tf.gather(before.values, prefixes),
    };
    const last = layer === layers - 1;
    tokens = block(tokens, here, {
      ...settings,
      past,
      mask: last ? endMask : mask,
      ...(last && { read }),
    }).tokens;
  });
  return finishText(weights, config, tf.squeeze(tokens, [1]));
}

const embedded = ({ table, places }: Tokens) => tf.gather(table, places) as tf.Tensor3D; // [N, L, d]
