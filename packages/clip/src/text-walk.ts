import * as tf from '@tensorflow/tfjs';
import { block, type KeyValues, keysAndValues } from './block.js';
import { broadcast } from './broadcast.js';
import type { ClipConfig } from './config.js';
import { contextPlaces, endMask, endPlaces, ownMask, type TextPlan } from './text-plan.js';
import { causalMask, finishText } from './text-tower.js';
import type { TextWeights } from './weights.js';

/** Gives the embeddings [n, d] of token ids; where an id is below zero, zeros. */
export type Embed = (slots: readonly number[]) => tf.Tensor2D;

/**
 * A text tower part of the way: the tokens entering layer `layer`, the classes' shared prefix apart from their own tokens. The
 * leading sizes are 1 until a prompt comes that differs between images (b) or classes (c).
 */
export interface TextState {
  layer: number;
  prefix: tf.Tensor4D; // [b, c, P, d]
  own: tf.Tensor4D; // [b, C, L, d]; after the last layer [b, C, 1, d], end tokens alone
  /** A prompt had an axis for images, so that the features have one too. */
  perImage: boolean;
}

export interface TextWalk {
  weights: TextWeights;
  config: ClipConfig;
  plan: TextPlan;
}

/** The tokens entering layer 0, positions added; places of the context are still empty. */
export function startText({ weights, config, plan }: TextWalk, embed: Embed): TextState {
  const { width } = config.text;
  const { prefix, own, length } = plan;
  const at = (start: number, count: number) => tf.slice(weights.positions, [start, 0], [count, width]);
  const prefixTokens = tf.add(embed(prefix), at(0, prefix.length)); // [P, d]
  const ownTokens = tf.reshape(embed(own.flat()), [1, own.length, length, width]); // [1, C, L, d]
  return {
    layer: 0,
    prefix: tf.reshape(prefixTokens, [1, 1, prefix.length, width]),
    own: tf.add(ownTokens, at(prefix.length, length)),
    perImage: false,
  };
}

/**
 * One layer of the text tower, with `prompts` entering it. After the last layer only the end tokens are left.
 * @param prompts [M, d], [C, M, d] or [B, 1, M, d]: the context of layer 0, and what replaces its outputs later; undefined
 *   keeps what came out of the layer before
 */
export function stepText(walk: TextWalk, state: TextState, prompts?: tf.Tensor): TextState {
  const { weights, config, plan } = walk;
  const { layers, heads } = config.text;
  const { activation } = config;
  const entering = prompts ? putIn(walk, state, prompts) : state;
  const { layer, perImage } = entering;
  const last = layer === layers - 1;
  const here = weights.blocks[layer]!;

  const [b, c, prefixLength, width] = entering.prefix.shape;
  const flatPrefix: tf.Tensor3D = tf.reshape(entering.prefix, [b * c, prefixLength, width]);
  const done: KeyValues & { tokens?: tf.Tensor3D } = last
    ? keysAndValues(flatPrefix, here, heads)
    : block(flatPrefix, here, { heads, activation, mask: causalMask(prefixLength) });

  const classes = plan.own.length;
  const copies = Math.max(b, entering.own.shape[0]);
  const spread = (x: tf.Tensor4D) => {
    const [, h, n, depth] = x.shape;
    const each = broadcast(tf.reshape(x, [b, c, h * n * depth]), [copies, classes, h * n * depth]);
    return tf.reshape(each, [copies * classes, h, n, depth]) as tf.Tensor4D;
  };
  const everyOwn = broadcast<tf.Tensor4D>(entering.own, [copies, classes, plan.length, width]);
  const flatOwn: tf.Tensor3D = tf.reshape(everyOwn, [copies * classes, plan.length, width]);
  const { tokens } = block(flatOwn, here, {
    heads,
    activation,
    past: { keys: spread(done.keys), values: spread(done.values) },
    mask: last ? endMask(plan, copies) : ownMask(plan),
    ...(last && { read: x => atEnds(plan, tf.reshape(x, [copies, classes, plan.length, width])) }),
  }); // [copies · C, L or 1, d]
  return {
    layer: layer + 1,
    prefix: done.tokens ? tf.reshape(done.tokens, [b, c, prefixLength, width]) : entering.prefix,
    own: tf.reshape(tokens, [copies, classes, last ? 1 : plan.length, width]),
    perImage,
  };
}

/** The end tokens' states, [C, d], or [B, C, d] once a prompt was per image. */
export function endState(plan: TextPlan, { own, perImage }: TextState): tf.Tensor {
  const [copies, classes, length, width] = own.shape;
  const ends = length === 1 ? own : atEnds(plan, own);
  return tf.reshape(ends, perImage ? [copies, classes, width] : [classes, width]);
}

/** The text features of a state after the last layer, [C, e] or [B, C, e], before L2 normalisation. */
export function finishWalk({ weights, plan }: TextWalk, state: TextState): tf.Tensor {
  const ends = endState(plan, state);
  const features = finishText(weights, tf.reshape(ends, [-1, ends.shape[ends.rank - 1]!]) as tf.Tensor2D);
  return tf.reshape(features, [...ends.shape.slice(0, -1), features.shape[1]]);
}

function atEnds(plan: TextPlan, own: tf.Tensor4D): tf.Tensor3D {
  const [copies, classes, , width] = own.shape;
  return tf.reshape(tf.sum(tf.mul(own, endPlaces(plan)), 2), [copies * classes, 1, width]); // [b · C, 1, d]
}

/** Puts prompts into the places of the context, in the prefix and in the classes' own tokens. */
function putIn({ plan, config }: TextWalk, state: TextState, prompts: tf.Tensor): TextState {
  const { layer } = state;
  const { tokens } = plan;
  const classes = plan.own.length;
  const context = asRank4(prompts); // [b, c, M, d]
  const [b, c, count, width] = context.shape;
  if (count !== tokens || width !== config.text.width || (c !== 1 && c !== classes))
    throw new Error(
      `Text prompts of layer ${layer} for ${classes} classes are [M, d], [C, M, d] or [B, 1, M, d] with M = ${tokens} and d = ${config.text.width}; these are [${prompts.shape}].`,
    );
  const put = (states: tf.Tensor4D, rows: number[][], across: number): tf.Tensor4D => {
    const places = contextPlaces(across === rows.length ? rows : new Array(across).fill(rows[0]), tokens, b);
    if (!places) return states;
    const each = tf.reshape(broadcast(context, [b, across, tokens, width]), [b * across, tokens, width]);
    const placed = tf.reshape(tf.matMul(places.place, each as tf.Tensor3D), [b, across, rows[0]!.length, width]);
    // Layer 0's places hold their positions, to which the context is added; later ones hold old outputs, which it replaces.
    return tf.add(layer === 0 ? states : tf.mul(states, places.keep), placed);
  };
  return {
    layer,
    prefix: put(state.prefix, [plan.prefix], c),
    own: put(state.own, plan.own, classes),
    perImage: state.perImage || prompts.rank === 4,
  };
}

function asRank4(prompts: tf.Tensor): tf.Tensor4D {
  const shape = [1, 1, ...prompts.shape].slice(-4);
  return tf.reshape(prompts, shape as [number, number, number, number]);
}
