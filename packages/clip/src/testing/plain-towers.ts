import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.js';
import { contextIndex } from '../text/layout.js';
import type { TowerChanges, WeightChange } from '../towers/changes.js';
import { normalised } from '../towers/normalised.js';
import { promptRows, type TextPrompts } from '../towers/text-features.js';
import { transformerWeights } from '../towers/vision.js';
import type { BlockWeights, NormWeights } from '../weights/parameters.js';

/**
 * Both towers as the papers write them down, with every token in every layer, and changes inside: what the faster
 * towers are compared with. No part of the package.
 */

function layerNorm<T extends tf.Tensor>(x: T, { weight, bias }: NormWeights<tf.Tensor>): T {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5));
  return tf.add(tf.mul(tf.div(centred, deviation), weight), bias);
}

interface Block {
  heads: number;
  quick: boolean;
  mask?: tf.Tensor2D;
  layer: number;
  changes: TowerChanges;
}

/** x' = x + attention(ln_1(x)), x'' = x' + mlp(ln_2(x')) over [N, T, D], each linear layer by itself. */
function plainBlock(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  { heads, quick, mask, layer, changes }: Block,
) {
  const [count, length, width] = tokens.shape;
  const depth = width / heads;
  const change = changes.weights?.(layer) ?? {};
  const beside = changes.beside?.(layer) ?? {};
  const linear = (x: tf.Tensor2D, w: tf.Tensor, b: tf.Tensor, added?: WeightChange): tf.Tensor2D => {
    const out: tf.Tensor2D = tf.add(tf.matMul(x, w as tf.Tensor2D), b);
    if (!added) return out;
    if (typeof added === 'function') return tf.add(out, added(x));
    const matrix = tf.mul(tf.matMul(added.down as tf.Tensor2D, added.up as tf.Tensor2D), added.scale ?? 1);
    return tf.add(out, tf.matMul(x, matrix as tf.Tensor2D));
  };
  const x = tf.reshape(tokens, [count * length, width]) as tf.Tensor2D;
  const normed = layerNorm(x, weights.ln1);
  const [wq, wk, wv] = tf.split(weights.attention.qkvWeight, 3, 1);
  const [bq, bk, bv] = tf.split(weights.attention.qkvBias, 3, 0);
  const head = (rows: tf.Tensor2D) => tf.transpose(tf.reshape(rows, [count, length, heads, depth]), [0, 2, 1, 3]);
  const q = head(linear(normed, wq!, bq!, change.q));
  const k = head(linear(normed, wk!, bk!, change.k));
  const v = head(linear(normed, wv!, bv!, change.v));
  const scores = tf.mul(tf.matMul(q, k, false, true), depth ** -0.5);
  const mixed = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count * length, width]) as tf.Tensor2D;
  const { attention, mlp } = weights;
  let middle: tf.Tensor2D = tf.add(x, linear(joined, attention.outWeight, attention.outBias, change.out));
  if (beside.attention) middle = tf.add(middle, beside.attention(normed, x));
  const second = layerNorm(middle, weights.ln2);
  const up = linear(second, mlp.upWeight, mlp.upBias, change.up);
  const gelu = tf.mul(tf.mul(up, 0.5), tf.add(1, tf.erf(tf.mul(up, Math.SQRT1_2))));
  const active: tf.Tensor2D = quick ? tf.mul(up, tf.sigmoid(tf.mul(up, 1.702))) : (gelu as tf.Tensor2D);
  let out: tf.Tensor2D = tf.add(middle, linear(active, mlp.downWeight, mlp.downBias, change.down));
  if (beside.mlp) out = tf.add(out, beside.mlp(second, middle));
  if (beside.block) out = tf.add(out, beside.block(normed, x));
  return tf.reshape(out, [count, length, width]) as tf.Tensor3D;
}

/** Image features [B, e], every token as features [B, N, e], and all tokens entering layers and leaving the last. */
export function plainVision(
  { weights, config }: Clip,
  images: tf.Tensor,
  { prompts = [], ...changes }: TowerChanges & { prompts?: (tf.Tensor | undefined)[] } = {},
) {
  const vision = transformerWeights(weights.vision);
  const { patchSize, width, layers, heads } = config.vision;
  const batch = images.shape[0]!;
  const kernel = tf.transpose(tf.reshape(vision.patchWeight, [3, patchSize, patchSize, width]), [1, 2, 0, 3]);
  const pixels = tf.transpose(images, [0, 2, 3, 1]) as tf.Tensor4D;
  const patches = tf.reshape(tf.conv2d(pixels, kernel as tf.Tensor4D, patchSize, 'valid'), [batch, -1, width]);
  const first = tf.add(tf.zeros([batch, 1, width]), vision.classEmbedding);
  const each = (p: tf.Tensor) => tf.add(tf.zeros([batch, p.shape[p.rank - 2]!, width]), p) as tf.Tensor3D;
  let tokens = tf.add(tf.concat([first, patches], 1), vision.positions) as tf.Tensor3D;
  const count = tokens.shape[1];
  if (prompts[0]) tokens = tf.concat([tokens, each(prompts[0])], 1);
  tokens = layerNorm(tokens, vision.lnPre);
  const states: tf.Tensor3D[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const prompt = prompts[layer];
    if (layer > 0 && prompt) tokens = tf.concat([tf.slice(tokens, [0, 0, 0], [-1, count, -1]), each(prompt)], 1);
    tokens = (changes.between?.(layer, tokens) ?? tokens) as tf.Tensor3D;
    states.push(tokens);
    const quick = config.activation === 'quick_gelu';
    tokens = plainBlock(tokens, vision.blocks[layer]!, { heads, quick, layer, changes });
  }
  tokens = (changes.between?.(layers, tokens) ?? tokens) as tf.Tensor3D;
  states.push(tokens);
  const rows = layerNorm(tf.reshape(tokens, [-1, width]), vision.lnPost) as tf.Tensor2D;
  const features = tf.reshape(tf.matMul(rows, vision.projection as tf.Tensor2D), [batch, -1, config.embedDim]);
  const classToken = tf.squeeze(tf.slice(features, [0, 0, 0], [-1, 1, -1]), [1]);
  return { features: normalised(classToken), tokens: features, states };
}

/**
 * Text features, [C, e] or [B, C, e]: whole rows, each class's context put in by cutting and joining, one image at a
 * time.
 */
export function plainText(
  clip: Clip,
  names: readonly string[],
  place: Omit<TextPrompts, 'layer'> | string,
  { prompts = [], ...changes }: TowerChanges & { prompts?: (tf.Tensor | undefined)[] } = {},
): { features: tf.Tensor; states: tf.Tensor[] } {
  const images = Math.max(0, ...prompts.map(context => (context?.rank === 4 ? context.shape[0]! : 0)));
  if (images > 0) {
    const ofImage = (i: number) => (context: tf.Tensor | undefined) => {
      if (context?.rank !== 4) return context;
      const own = tf.gather(context, [Math.min(i, context.shape[0]! - 1)], 0); // [1, 1 or C, M, d]
      return tf.squeeze(own, own.shape[1] === 1 ? [0, 1] : [0]);
    };
    const all = Array.from({ length: images }, (_, i) =>
      plainText(clip, names, place, { ...changes, prompts: prompts.map(ofImage(i)) }),
    );
    return {
      features: tf.stack(all.map(({ features }) => features)),
      states: all[0]!.states.map((_, l) => tf.stack(all.map(({ states }) => states[l]!))),
    };
  }
  const { weights, config } = clip;
  const { width, heads, layers } = config.text;
  const inserted = typeof place !== 'string' && place.from ? { layer: place.from, tokens: place.tokens } : undefined;
  let slots = promptRows(clip, names, inserted ? 'a photo of a {}.' : place);
  let length = Math.max(...slots.map(row => row.length)) + 2; // some tokens after every end
  const ids = slots.flatMap(row => Array.from({ length }, (_, n) => Math.max(row[n] ?? 0, 0)));
  const putIn = (tokens: tf.Tensor3D, context: tf.Tensor): tf.Tensor3D =>
    tf.stack(
      slots.map((row, c) => {
        const own = context.rank === 3 ? tf.squeeze(tf.slice(context, [c, 0, 0], [1, -1, -1]), [0]) : context;
        const pieces = Array.from({ length }, (_, n) => {
          const m = n < row.length ? contextIndex(row[n]!) : undefined;
          return m === undefined
            ? tf.reshape(tf.slice(tokens, [c, n, 0], [1, 1, width]), [1, width])
            : tf.slice(own, [m, 0], [1, width]);
        });
        return tf.concat(pieces as tf.Tensor2D[], 0);
      }),
    ) as tf.Tensor3D;
  const words = tf.gather(weights.text.tokenEmbedding, tf.tensor1d(ids, 'int32'));
  let tokens = tf.reshape(words, [names.length, length, width]) as tf.Tensor3D;
  if (prompts[0]) tokens = putIn(tokens, prompts[0]);
  tokens = tf.add(tokens, tf.slice(weights.text.positions, [0, 0], [length, width]));
  const causal = () =>
    tf.tensor2d(Array.from({ length }, (_, query) => Array.from({ length }, (_, key) => (key > query ? -1e30 : 0))));
  const rowwise = (layer: number, x: tf.Tensor3D) => {
    const changed = changes.between?.(layer, tf.reshape(x, [-1, width]));
    return changed ? (tf.reshape(changed, x.shape) as tf.Tensor3D) : x;
  };
  const ends = () => tf.tensor2d(slots.map(row => Array.from({ length }, (_, n) => Number(n === row.length - 1))));
  const atEnds = (x: tf.Tensor3D) => tf.sum(tf.mul(x, tf.expandDims(ends(), 2)), 1); // [C, d]
  const states: tf.Tensor[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const context = prompts[layer];
    if (inserted?.layer === layer) {
      const { tokens: count } = inserted;
      const [start, rest] = tf.split(tokens, [1, length - 1], 1);
      tokens = tf.concat([start!, tf.zeros([names.length, count, width]), rest!], 1) as tf.Tensor3D;
      length += count;
      slots = slots.map(row => [row[0]!, ...Array.from({ length: count }, (_, m) => -1 - m), ...row.slice(1)]);
    }
    if (layer > 0 && context) tokens = putIn(tokens, context);
    tokens = rowwise(layer, tokens);
    states.push(atEnds(tokens));
    tokens = plainBlock(tokens, weights.text.blocks[layer]!, {
      heads,
      quick: config.activation === 'quick_gelu',
      mask: causal(),
      layer,
      changes,
    });
  }
  const normed = layerNorm(atEnds(rowwise(layers, tokens)), weights.text.lnFinal);
  return { features: normalised(tf.matMul(normed as tf.Tensor2D, weights.text.projection as tf.Tensor2D)), states };
}
