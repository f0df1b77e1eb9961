import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { TextWeights } from '../weights/weights.js';
import { attendHeads, blockOfRows, blockSettings, type KeyValues, toHeads, toKeyValues } from './block.js';
import { broadcast } from './broadcast.js';
import { changedBetween, changesOf, type TowerChanges } from './changes.js';
import { causalMask, finishText } from './text.js';
import { contextPlaces, endMask, endPlaces, ownMask, type TextPlan, withContext } from './text-plan.js';

/** Looks up the embeddings [n, d] of token ids; zeros for ids below zero. */
export type Embed = (slots: readonly number[]) => tf.Tensor2D;

/**
 * A text tower between layers: the tokens entering layer `layer`. The shared prefix (if the tower is causal) comes
 * first, b · c times: once, until a prompt differs between images (b) or classes (c). The tokens of all classes follow,
 * B times: once, or for each image.
 */
export interface TextState {
  layer: number;
  plan: TextPlan;
  rows: tf.Tensor2D; // [b · c · P + B · C · L, d]; after the last layer only end tokens, [B · C, d]
  prefixes: readonly [b: number, c: number];
  copies: number; // B
  /** Whether a prompt had an axis for images, so that the features also have one. */
  perImage: boolean;
}

export interface TextWalk {
  weights: TextWeights;
  config: ClipConfig;
  plan: TextPlan;
  /** From this layer on, the prompts have places for this context after their first `after` tokens. */
  inserted?: { layer: number; tokens: number; after: number };
  changes?: TowerChanges;
}

/** The tokens entering layer 0, with positions; the places of the context are still empty. */
export function startText({ weights, config, plan }: TextWalk, embed: Embed): TextState {
  const { width } = config.text;
  const { prefix, own, length } = plan;
  const at = (start: number, count: number) => tf.slice(weights.positions, [start, 0], [count, width]);
  const ownTokens = tf.reshape(embed(own.flat()), [own.length, length, width]); // [C, L, d]
  const ownRows: tf.Tensor2D = tf.reshape(tf.add(ownTokens, at(prefix.length, length)), [own.length * length, width]);
  const prefixRows = prefix.length > 0 ? [tf.add<tf.Tensor2D>(embed(prefix), at(0, prefix.length))] : []; // [P, d]
  return { layer: 0, plan, rows: tf.concat([...prefixRows, ownRows], 0), prefixes: [1, 1], copies: 1, perImage: false };
}

/**
 * One layer of the text tower, with `prompts` entering it. After the last layer, only the end tokens are left.
 *
 * @param prompts [M, d], [C, M, d], [B, 1, M, d] or [B, C, M, d]: the context of layer 0, or the replacement of its
 *   outputs later; undefined keeps the previous layer's outputs
 */
export function stepText(walk: TextWalk, state: TextState, prompts?: tf.Tensor): TextState {
  return runText(walk, enterText(walk, state, prompts).entering);
}

/**
 * The tokens entering a layer, with prompts inserted and changed by `between`; and the state whose end tokens enter:
 * the given one, unless `between` has changed them.
 */
export function enterText(
  walk: TextWalk,
  state: TextState,
  prompts: tf.Tensor | undefined,
): { entering: TextState; seen: TextState } {
  const placed = walk.inserted?.layer === state.layer ? insert(state, walk.inserted) : state;
  const put = prompts ? putIn(walk, placed, prompts) : placed;
  const rows = changedBetween(walk.changes ?? {}, 'text', state.layer, put.rows);
  if (rows === put.rows) return { entering: put, seen: state };
  const entering = { ...put, rows };
  return { entering, seen: entering };
}

/**
 * One layer.
 *
 * @param keep gets the keys and values that each class's end token attends to, of prefix and own tokens
 */
export function runText(
  { weights, config, changes = {} }: TextWalk,
  entering: TextState,
  keep?: (seen: KeyValues & { past?: KeyValues }) => void,
): TextState {
  const { layers } = config.text;
  const settings = blockSettings(config, 'text');
  const { heads } = settings;
  const { layer, plan, prefixes, copies } = entering;
  const last = layer === layers - 1;
  const before = prefixes[0] * prefixes[1]; // b · c
  const classes = plan.own.length;

  /** The keys or values of prefixes, [b · c, H, P, d/H], before every class. */
  const spread = (x: tf.Tensor4D) => {
    const [, h, n, depth] = x.shape;
    const each = broadcast(tf.reshape(x, [...prefixes, h * n * depth]), [copies, classes, h * n * depth]);
    return tf.reshape(each, [copies * classes, h, n, depth]) as tf.Tensor4D;
  };
  const rows: tf.Tensor2D = blockOfRows(entering.rows, weights.blocks[layer]!, {
    ...settings,
    changes: changesOf(changes, 'text', layer),
    attend: (rest, endQueries) => {
      const [ofPrefix, ofOwn] = splitRows(entering, rest);
      const prefix: Partial<KeyValues> & { queries?: tf.Tensor4D } = !ofPrefix
        ? {}
        : endQueries
          ? toKeyValues(ofPrefix, before, heads)
          : toHeads(ofPrefix, before, heads);
      const { queries, keys, values } = toHeads(ofOwn, copies * classes, heads, endQueries);
      const past = prefix.keys && { keys: spread(prefix.keys), values: spread(prefix.values!) };
      keep?.({ past, keys, values });
      const mixed = attendHeads(queries, keys, values, {
        past,
        mask: last ? endMask(plan, copies) : ownMask(plan),
      }); // [B · C · L or B · C, d]
      if (!prefix.queries) return mixed;
      const mask = causalMask(plan.prefix.length);
      return tf.concat([attendHeads(prefix.queries, prefix.keys!, prefix.values!, { mask }), mixed], 0);
    },
    ...(last && { read: rows => atEnds(entering, rows) }),
  });
  const left = last ? changedBetween(changes, 'text', layers, rows) : rows;
  return { ...entering, layer: layer + 1, rows: left };
}

/** The end tokens' states, [C, d], or [B, C, d] once a prompt was per image. */
export function endState(state: TextState): tf.Tensor {
  const { plan, rows, copies, perImage } = state;
  const classes = plan.own.length;
  const ends = rows.shape[0] === copies * classes ? rows : atEnds(state, rows); // [B · C, d]
  return tf.reshape(ends, perImage ? [copies, classes, rows.shape[1]] : [classes, rows.shape[1]]);
}

/** The text features of a state after the last layer, [C, e] or [B, C, e], before L2 normalisation. */
export function finishWalk({ weights, config }: TextWalk, state: TextState): tf.Tensor {
  const ends = endState(state);
  const features = finishText(weights, config, tf.reshape(ends, [-1, ends.shape[ends.rank - 1]!]) as tf.Tensor2D);
  return tf.reshape(features, [...ends.shape.slice(0, -1), features.shape[1]]);
}

/** Rows of the prefixes, [b · c · P, ·], if there are any, and of the classes' own tokens, [B · C · L, ·]. */
function splitRows({ plan, prefixes: [b, c] }: TextState, rows: tf.Tensor2D): [tf.Tensor2D | undefined, tf.Tensor2D] {
  const count = b * c * plan.prefix.length;
  if (count === 0) return [undefined, rows];
  return tf.split(rows, [count, rows.shape[0] - count], 0) as [tf.Tensor2D, tf.Tensor2D];
}

function atEnds(state: TextState, rows: tf.Tensor2D): tf.Tensor2D {
  const { plan } = state;
  const [, ofOwn] = splitRows(state, rows);
  const classes = plan.own.length;
  const width = rows.shape[1];
  const own = tf.reshape(ofOwn, [state.copies, classes, plan.length, width]);
  return tf.reshape(tf.sum(tf.mul(own, endPlaces(plan)), 2), [state.copies * classes, width]); // [B · C, d]
}

/** Inserts the places of a context, still empty: in the prefix, or in the tokens of each class if there is none. */
function insert(state: TextState, { tokens, after }: { tokens: number; after: number }): TextState {
  const { plan, prefixes, copies } = state;
  const [ofPrefix, ofOwn] = splitRows(state, state.rows);
  const width = ofOwn.shape[1];
  const emptied = (rows: tf.Tensor2D, groups: number): tf.Tensor2D => {
    const each = tf.reshape(rows, [groups, -1, width]); // [groups, n, d]
    const [before, rest] = after > 0 ? tf.split(each, [after, each.shape[1]! - after], 1) : [undefined, each];
    const places = tf.zeros([groups, tokens, width]);
    return tf.reshape(tf.concat([...(before ? [before] : []), places, rest!], 1), [-1, width]);
  };
  const rows = ofPrefix
    ? (tf.concat([emptied(ofPrefix, prefixes[0] * prefixes[1]), ofOwn], 0) as tf.Tensor2D)
    : emptied(ofOwn, copies * plan.own.length);
  return { ...state, plan: withContext(plan, tokens, after), rows };
}

/** Puts prompts into the places of the context, in the prefix and in the classes' own tokens. */
function putIn({ config }: TextWalk, state: TextState, prompts: tf.Tensor): TextState {
  const { layer, plan, prefixes, copies } = state;
  const { tokens } = plan;
  const classes = plan.own.length;
  const context = asRank4(prompts); // [b, c, M, d]
  const [b, c, count, width] = context.shape;
  if (count !== tokens || width !== config.text.width || (c !== 1 && c !== classes))
    throw new Error(
      `Text prompts of layer ${layer} for ${classes} classes are [M, d], [C, M, d], [B, 1, M, d] or [B, C, M, d] with M = ${tokens} and d = ${config.text.width}; these are [${prompts.shape}].`,
    );
  const put = (states: tf.Tensor4D, rows: number[][], across: number): tf.Tensor4D => {
    const places = contextPlaces(across === rows.length ? rows : new Array(across).fill(rows[0]), tokens, b);
    if (!places) return states;
    const each = tf.reshape(broadcast(context, [b, across, tokens, width]), [b * across, tokens, width]);
    const placed = tf.reshape(tf.matMul(places.place, each as tf.Tensor3D), [b, across, rows[0]!.length, width]);
    // In layer 0, the context is added to the positions at its places; later, it replaces the outputs there.
    return tf.add(layer === 0 ? states : tf.mul(states, places.keep), placed);
  };
  const [ofPrefix, ofOwn] = splitRows(state, state.rows);
  const prefix = ofPrefix && put(tf.reshape(ofPrefix, [...prefixes, plan.prefix.length, width]), [plan.prefix], c);
  const own = put(tf.reshape(ofOwn, [copies, classes, plan.length, width]), plan.own, classes); // [B, C, L, d]
  const images = Math.max(prefix?.shape[0] ?? 1, own.shape[0]);
  const everyOwn = tf.reshape(broadcast(own, [images, classes, plan.length, width]), [-1, width]) as tf.Tensor2D;
  return {
    layer,
    plan,
    rows: prefix ? tf.concat([tf.reshape(prefix, [-1, width]) as tf.Tensor2D, everyOwn], 0) : everyOwn,
    prefixes: prefix ? [prefix.shape[0], prefix.shape[1]] : prefixes, // [b, c, P, d]
    copies: images,
    perImage: state.perImage || prompts.rank === 4,
  };
}

function asRank4(prompts: tf.Tensor): tf.Tensor4D {
  const shape = [1, 1, ...prompts.shape].slice(-4);
  return tf.reshape(prompts, shape as [number, number, number, number]);
}
