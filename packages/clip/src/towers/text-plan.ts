import * as tf from '@tensorflow/tfjs-core';
import { readsPadding, type TextConfig } from '../config.js';
import { contextIndex, type Slot } from '../text/layout.js';
import { MASKED } from './block.js';

/** Prompts divided into a prefix that all classes share, computed once, and the rest of each class. */
export interface TextPlan {
  prefix: Slot[]; // P slots; none in a tower that is not causal
  own: Slot[][]; // C rows of L slots; in a causal tower, nothing reads what follows a row's end
  /** Positions in `own` of the tokens that become features. */
  ends: number[];
  length: number;
  causal: boolean;
  /** M, the number of context tokens in the prompts. */
  tokens: number;
}

/**
 * Divides prompts at the first slot in which they differ, so that the shared states are computed once, if the tower is
 * causal. Rows are padded to the context length if a tower reads padding.
 *
 * @param perClass whether the context differs between classes, so that it is never shared
 */
export function planText(rows: readonly Slot[][], perClass: boolean, text: TextConfig): TextPlan {
  const first = rows[0];
  if (!first) throw new Error('There are no class names; give at least one.');
  const { causal = true, pooling = 'end', padToken = 0, contextLength } = text;
  const shared = causal ? sharedSlots(rows, perClass) : 0;
  const own = rows.map(row => row.slice(shared));
  const length = readsPadding(text) ? contextLength - shared : Math.max(...own.map(row => row.length));
  const padded = own.map(row => [...row, ...new Array<Slot>(length - row.length).fill(padToken)]);
  const tokens = first.filter(slot => contextIndex(slot) !== undefined).length; // every row has all of them
  const ends = own.map(row => (pooling === 'last' ? length : row.length) - 1);
  return { prefix: first.slice(0, shared), own: padded, ends, length, causal, tokens };
}

/** Number of slots that all rows share at their start; the end token is never one of them. */
function sharedSlots(rows: readonly Slot[][], perClass: boolean): number {
  const [first] = rows as [Slot[]];
  const longest = Math.min(...rows.map(row => row.length)) - 1;
  const isShared = (at: number) =>
    rows.every(row => row[at] === first[at]) && !(perClass && contextIndex(first[at]!) !== undefined);
  let shared = 0;
  while (shared < longest && isShared(shared)) shared++;
  return shared;
}

/** The plan of the same prompts with a context after the first `after` tokens of each. */
export function withContext(plan: TextPlan, tokens: number, after: number): TextPlan {
  const context = Array.from({ length: tokens }, (_, m): Slot => -1 - m);
  const put = (row: Slot[]) => [...row.slice(0, after), ...context, ...row.slice(after)];
  if (plan.prefix.length > 0) return { ...plan, prefix: put(plan.prefix), tokens };
  return {
    ...plan,
    own: plan.own.map(put),
    ends: plan.ends.map(end => end + tokens),
    length: plan.length + tokens,
    tokens,
  };
}

/**
 * Which context token goes where: [G, N, M] of zeros and ones, and [rows, N, 1] that is zero at those places; G =
 * copies · rows.
 */
export function contextPlaces(
  rows: readonly Slot[][],
  tokens: number,
  copies: number,
): { place: tf.Tensor3D; keep: tf.Tensor3D } | undefined {
  const length = rows[0]!.length;
  if (!rows.some(row => row.some(slot => slot < 0))) return undefined;
  const place = new Float32Array(copies * rows.length * length * tokens);
  const keep = new Float32Array(rows.length * length).fill(1);
  rows.forEach((row, r) => {
    row.forEach((slot, n) => {
      const m = contextIndex(slot);
      if (m === undefined) return;
      keep[r * length + n] = 0;
      for (let copy = 0; copy < copies; copy++) place[((copy * rows.length + r) * length + n) * tokens + m] = 1;
    });
  });
  return {
    place: tf.tensor3d(place, [copies * rows.length, length, tokens]),
    keep: tf.tensor3d(keep, [rows.length, length, 1]),
  };
}

/**
 * The mask of the tokens in `own`, [L, P + L]: they attend to the prefix, to themselves and to those before them.
 *
 * @returns undefined in a tower that is not causal
 */
export function ownMask({ prefix, length, causal }: TextPlan): tf.Tensor2D | undefined {
  if (!causal) return undefined;
  const width = prefix.length + length;
  const values = new Float32Array(length * width);
  for (let query = 0; query < length; query++)
    for (let key = prefix.length + query + 1; key < width; key++) values[query * width + key] = MASKED;
  return tf.tensor2d(values, [length, width]);
}

/** The mask of each class's end token, [copies · C, 1, 1, P + L]; undefined in a tower that is not causal. */
export function endMask({ prefix, length, ends, causal }: TextPlan, copies: number): tf.Tensor4D | undefined {
  if (!causal) return undefined;
  const width = prefix.length + length;
  const rows = copies * ends.length;
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    values.fill(MASKED, row * width + prefix.length + ends[row % ends.length]! + 1, (row + 1) * width);
  return tf.tensor4d(values, [rows, 1, 1, width]);
}

/** One-hot [C, L, 1] of the end tokens. */
export function endPlaces({ length, ends }: TextPlan): tf.Tensor3D {
  const values = new Float32Array(ends.length * length);
  ends.forEach((end, row) => {
    values[row * length + end] = 1;
  });
  return tf.tensor3d(values, [ends.length, length, 1]);
}
