import * as tf from '@tensorflow/tfjs-core';

/**
 * Changes that a method makes inside a tower, requested layer by layer. Omitted changes cost nothing.
 *
 * The text tower computes shared parts of prompts once, and both towers skip everything that nothing reads: the tokens
 * of a block are rows of one matrix, and the last block has outputs only for the tokens that are read. So functions of
 * rows must be token-wise: row r of the result depends on row r alone.
 */
export interface TowerChanges {
  /**
   * Reads the tokens that enter layer l, prompts included, and returns their replacements. Layer 0 has positions (and
   * `ln_pre`); after the last layer, l is the number of layers, and the tokens are those that are read.
   *
   * @param tokens [B, N, d_v] in the vision tower: class token, patches, prompts; rows [R, d_t] in the text tower, for
   *   a token-wise function
   * @returns tokens of the same shape; undefined keeps them
   */
  between?(layer: number, tokens: tf.Tensor): tf.Tensor | undefined;
  /** Adapters parallel to layer l, whose outputs are added. */
  beside?(layer: number): Adapters | undefined;
  /** Additive changes to the frozen linear layers of layer l. */
  weights?(layer: number): WeightChanges | undefined;
}

/**
 * Token-wise functions parallel to a block, x' = x + attention(ln_1(x)), x'' = x' + mlp(ln_2(x')). Each gets the rows
 * after the layer norm and before it, [R, d] each, and returns [R, d].
 */
export interface Adapters {
  /** Added to x', from ln_1(x) and x. */
  attention?(normed: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D;
  /** Added to x'', from ln_2(x') and x'. */
  mlp?(normed: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D;
  /** Added to x'', from ln_1(x) and x, the block's input (MMA, Yang et al., CVPR 2024). */
  block?(normed: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D;
}

/**
 * An addition to the output of a linear layer: a token-wise function of its input rows, [R, in] → [R, out], or the
 * matrices of a low-rank change, x · down · up · scale (LoRA, Hu et al., ICLR 2022).
 */
export type WeightChange =
  | ((rows: tf.Tensor2D) => tf.Tensor2D)
  | {
      down: tf.Tensor; // [in, r]
      up: tf.Tensor; // [r, out]
      /** Default: 1 */
      scale?: number;
    };

/** Changes to a block's linear layers: queries, keys, values and output of attention, and the two of the MLP. */
export interface WeightChanges {
  q?: WeightChange;
  k?: WeightChange;
  v?: WeightChange;
  out?: WeightChange;
  up?: WeightChange; // d → 4d
  down?: WeightChange; // 4d → d
}

/** The changes of one block. */
export interface BlockChanges {
  weights?: WeightChanges;
  beside?: Adapters;
  /** The block's position, for errors: "layer 3 of the text tower". */
  where?: string;
}

/** Whether a tower is changed at all. */
export const changesAnything = ({ between, beside, weights }: TowerChanges): boolean =>
  between !== undefined || beside !== undefined || weights !== undefined;

/** The changes of a layer of a tower; undefined if there are none. */
export function changesOf(
  { weights, beside }: TowerChanges,
  tower: 'text' | 'vision',
  layer: number,
): BlockChanges | undefined {
  const here = { weights: weights?.(layer), beside: beside?.(layer) };
  if (!here.weights && !here.beside) return undefined;
  return { ...here, where: place(tower, layer) };
}

/**
 * The tokens of a tower after its `between`.
 *
 * @throws a sentence if it returns the wrong shape
 */
export function changedBetween<T extends tf.Tensor>(
  { between }: TowerChanges,
  tower: 'text' | 'vision',
  layer: number,
  tokens: T,
): T {
  const changed = between?.(layer, tokens);
  if (!changed) return tokens;
  checkShape(changed, tokens.shape, () => `\`between\` at ${place(tower, layer)}`);
  return changed as T;
}

/** The output rows of a linear layer with its change. */
export function changedRows(
  output: tf.Tensor2D,
  input: tf.Tensor2D,
  name: keyof WeightChanges,
  { weights, where }: BlockChanges = {},
): tf.Tensor2D {
  const change = weights?.[name];
  if (!change) return output;
  const added = typeof change === 'function' ? change(input) : lowRank(input, change);
  checkShape(added, output.shape, () => `The change of \`${name}\` in ${where ?? 'a block'}`);
  return tf.add(output, added);
}

/** The concatenated outputs of linear layers, [R, n · out], each with its change. */
export function changedSideBySide(
  output: tf.Tensor2D,
  input: tf.Tensor2D,
  names: readonly (keyof WeightChanges)[],
  changes: BlockChanges | undefined,
): tf.Tensor2D {
  if (!names.some(name => changes?.weights?.[name])) return output;
  const parts = tf.split(output, names.length, 1) as tf.Tensor2D[];
  return tf.concat(
    parts.map((part, i) => changedRows(part, input, names[i]!, changes)),
    1,
  );
}

/** Rows with the output of an adapter added. */
export function withAdapter(
  rows: tf.Tensor2D,
  name: keyof Adapters,
  { beside, where }: BlockChanges = {},
  inputs: () => readonly [normed: tf.Tensor2D, rows: tf.Tensor2D],
): tf.Tensor2D {
  const adapter = beside?.[name];
  if (!adapter) return rows;
  const added = adapter(...inputs());
  checkShape(added, rows.shape, () => `The adapter beside the ${name} of ${where ?? 'a block'}`);
  return tf.add(rows, added);
}

function lowRank(
  input: tf.Tensor2D,
  { down, up, scale = 1 }: { down: tf.Tensor; up: tf.Tensor; scale?: number },
): tf.Tensor2D {
  const added: tf.Tensor2D = tf.matMul(tf.matMul(input, down as tf.Tensor2D), up as tf.Tensor2D);
  return scale === 1 ? added : tf.mul(added, scale);
}

const place = (tower: string, layer: number): string => `layer ${layer} of the ${tower} tower`;

function checkShape(made: tf.Tensor, wanted: readonly number[], who: () => string): void {
  if (made.shape.length === wanted.length && made.shape.every((size, axis) => size === wanted[axis])) return;
  throw new Error(`${who()} must return the shape [${wanted}]; it returned [${made.shape}].`);
}
