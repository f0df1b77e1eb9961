import * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../clip.js';
import type { Activation, ClipConfig } from '../config.js';
import { contextIndex } from '../text/layout.js';
import type { TowerChanges, WeightChange } from '../towers/changes.js';
import { normalised } from '../towers/normalised.js';
import { promptRows, type TextPrompts } from '../towers/text-features.js';
import { transformerWeights } from '../towers/vision.js';
import type { BlockWeights, NormWeights, PoolWeights } from '../weights/parameters.js';

/**
 * Both towers as in the papers, with every token in every layer, and changes inside: the reference for the faster
 * towers. Not part of the package.
 */

function layerNorm<T extends tf.Tensor>(x: T, { weight, bias }: NormWeights<tf.Tensor>, epsilon = 1e-5): T {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return tf.add(tf.mul(tf.div(centred, deviation), weight), bias);
}

const activate: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  quick_gelu: x => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
  gelu: x => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))),
  gelu_tanh: x =>
    tf.mul(
      tf.mul(x, 0.5),
      tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))),
    ),
  silu: x => tf.div(x, tf.add(1, tf.exp(tf.neg(x)))),
};

interface Block {
  config: ClipConfig;
  tower: 'vision' | 'text';
  mask?: tf.Tensor2D;
  layer: number;
  changes: TowerChanges;
}

/**
 * x' = x + attention(ln_1(x)), x'' = x' + mlp(ln_2(x')) over [N, T, D], each linear layer separately, with the parts
 * that a family has.
 */
function plainBlock(
  tokens: tf.Tensor3D,
  weights: BlockWeights<tf.Tensor>,
  { config, tower, mask, layer, changes }: Block,
) {
  const { heads, activation = config.activation, epsilon } = config[tower];
  const after = tower === 'vision' && config.vision.normAfter === true;
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
  const normed = after ? x : layerNorm(x, weights.ln1, epsilon);
  const [wq, wk, wv] = tf.split(weights.attention.qkvWeight, 3, 1);
  const [bq, bk, bv] = tf.split(weights.attention.qkvBias, 3, 0);
  const head = (rows: tf.Tensor2D) => tf.transpose(tf.reshape(rows, [count, length, heads, depth]), [0, 2, 1, 3]);
  const turned = (x: tf.Tensor) => (tower === 'vision' && config.vision.rotary ? turnedByPlace(x, config) : x);
  const q = turned(head(linear(normed, wq!, bq!, change.q)));
  const k = turned(head(linear(normed, wk!, bk!, change.k)));
  const v = head(linear(normed, wv!, bv!, change.v));
  const scores = tf.mul(tf.matMul(q, k, false, true), depth ** -0.5);
  const mixed = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
  let joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count * length, width]) as tf.Tensor2D;
  const { attention, mlp } = weights;
  if (attention.norm) joined = layerNorm(joined, attention.norm, epsilon);
  let attended = linear(joined, attention.outWeight, attention.outBias, change.out);
  if (after) attended = layerNorm(attended, weights.ln1, epsilon);
  let middle: tf.Tensor2D = tf.add(x, attended);
  if (beside.attention) middle = tf.add(middle, beside.attention(normed, x));
  const second = after ? middle : layerNorm(middle, weights.ln2, epsilon);
  const up = linear(second, mlp.upWeight, mlp.upBias, change.up);
  const gate = mlp.gateWeight && linear(second, mlp.gateWeight, mlp.gateBias!);
  let active = (gate ? tf.mul(activate[activation](gate), up) : activate[activation](up)) as tf.Tensor2D;
  if (mlp.norm) active = layerNorm(active, mlp.norm, epsilon);
  let down = linear(active, mlp.downWeight, mlp.downBias, change.down);
  if (after) down = layerNorm(down, weights.ln2, epsilon);
  let out: tf.Tensor2D = tf.add(middle, down);
  if (beside.mlp) out = tf.add(out, beside.mlp(second, middle));
  if (beside.block) out = tf.add(out, beside.block(normed, x));
  return tf.reshape(out, [count, length, width]) as tf.Tensor3D;
}

/** Heads [B, H, N, d] with each patch rotated by its position, pair by pair, as complex numbers. */
function turnedByPlace(heads: tf.Tensor, { vision }: ClipConfig): tf.Tensor {
  const [, , count, depth] = heads.shape as [number, number, number, number];
  const grid = vision.imageSize / vision.patchSize;
  const first = vision.classToken === false ? 0 : 1;
  const tokens = tf.unstack(heads, 2).map((token, n) => {
    const patch = n - first;
    if (patch < 0 || patch >= grid ** 2) return token; // the class token, or a prompt
    const place = [Math.floor(patch / grid), patch % grid];
    const pairs = tf.unstack(tf.reshape(token, [...token.shape.slice(0, -1), depth / 2, 2]), -2).map((pair, i) => {
      const axis = i < depth / 4 ? 0 : 1;
      const angle = ((place[axis]! * vision.rotary!) / grid) * 10_000 ** -((i % (depth / 4)) / (depth / 4));
      const [a, b] = tf.unstack(pair, -1) as [tf.Tensor, tf.Tensor];
      return tf.stack(
        [
          tf.sub(tf.mul(a, Math.cos(angle)), tf.mul(b, Math.sin(angle))),
          tf.add(tf.mul(b, Math.cos(angle)), tf.mul(a, Math.sin(angle))),
        ],
        -1,
      );
    });
    return tf.reshape(tf.stack(pairs, -2), token.shape);
  });
  return tf.reshape(tf.stack(tokens, 2), [...heads.shape.slice(0, 2), count, depth]);
}

/** One query attends to the tokens [B, N, D], head by head, and an MLP follows: [B, D]. */
function plainPool(
  tokens: tf.Tensor3D,
  weights: PoolWeights<tf.Tensor>,
  { vision, ...config }: ClipConfig,
): tf.Tensor2D {
  const { heads, activation = config.activation, epsilon } = vision;
  const [batch, , width] = tokens.shape;
  const depth = width / heads;
  const [wq, wk, wv] = tf.split(weights.attention.qkvWeight, 3, 1) as tf.Tensor2D[];
  const [bq, bk, bv] = tf.split(weights.attention.qkvBias, 3, 0) as tf.Tensor[];
  const query = tf.add(tf.matMul(tf.reshape(weights.query, [1, width]), wq!), bq!);
  const each = tf.unstack(tokens).map(image => {
    const [keys, values] = [tf.add(tf.matMul(image, wk!), bk!), tf.add(tf.matMul(image, wv!), bv!)];
    const parts = Array.from({ length: heads }, (_, h) => {
      const of = (x: tf.Tensor) => tf.slice(x as tf.Tensor2D, [0, h * depth], [x.shape[0]!, depth]) as tf.Tensor2D;
      const shares = tf.softmax(tf.mul(tf.matMul(of(query), of(keys), false, true), depth ** -0.5)) as tf.Tensor2D;
      return tf.matMul(shares, of(values));
    });
    return tf.concat(parts, 1);
  });
  const mixed = tf.reshape(tf.concat(each, 0), [batch, width]) as tf.Tensor2D;
  const pooled = tf.add(tf.matMul(mixed, weights.attention.outWeight as tf.Tensor2D), weights.attention.outBias);
  const hidden = tf.add(
    tf.matMul(layerNorm(pooled, weights.norm, epsilon) as tf.Tensor2D, weights.mlp.upWeight as tf.Tensor2D),
    weights.mlp.upBias,
  );
  const down = tf.matMul(activate[activation](hidden) as tf.Tensor2D, weights.mlp.downWeight as tf.Tensor2D);
  return tf.add(pooled, tf.add(down, weights.mlp.downBias));
}

/** Image features [B, e], every token as features [B, N, e], and all tokens entering layers and leaving the last. */
export function plainVision(
  { weights, config }: Clip,
  images: tf.Tensor,
  { prompts = [], ...changes }: TowerChanges & { prompts?: (tf.Tensor | undefined)[] } = {},
) {
  const vision = transformerWeights(weights.vision);
  const { patchSize, width, layers, epsilon, pooling = 'class' } = config.vision;
  const batch = images.shape[0]!;
  const kernel = tf.transpose(tf.reshape(vision.patchWeight, [3, patchSize, patchSize, width]), [1, 2, 0, 3]);
  const pixels = tf.transpose(images, [0, 2, 3, 1]) as tf.Tensor4D;
  const cut = tf.reshape(tf.conv2d(pixels, kernel as tf.Tensor4D, patchSize, 'valid'), [batch, -1, width]);
  const patches = vision.patchBias ? tf.add(cut, vision.patchBias) : cut;
  const each = (p: tf.Tensor) => tf.add(tf.zeros([batch, p.shape[p.rank - 2]!, width]), p) as tf.Tensor3D;
  const first = vision.classEmbedding ? [each(tf.reshape(vision.classEmbedding, [1, width]))] : [];
  let tokens = tf.add(tf.concat([...first, patches], 1), vision.positions) as tf.Tensor3D;
  const count = tokens.shape[1];
  if (prompts[0]) tokens = tf.concat([tokens, each(prompts[0])], 1);
  if (vision.lnPre) tokens = layerNorm(tokens, vision.lnPre, epsilon);
  const states: tf.Tensor3D[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const prompt = prompts[layer];
    if (layer > 0 && prompt) tokens = tf.concat([tf.slice(tokens, [0, 0, 0], [-1, count, -1]), each(prompt)], 1);
    tokens = (changes.between?.(layer, tokens) ?? tokens) as tf.Tensor3D;
    states.push(tokens);
    tokens = plainBlock(tokens, vision.blocks[layer]!, { config, tower: 'vision', layer, changes });
  }
  tokens = (changes.between?.(layers, tokens) ?? tokens) as tf.Tensor3D;
  states.push(tokens);
  const embedded = (rows: tf.Tensor2D): tf.Tensor2D => {
    const out = vision.projection ? tf.matMul(rows, vision.projection as tf.Tensor2D) : rows;
    return (vision.projectionBias ? tf.add(out, vision.projectionBias) : out) as tf.Tensor2D;
  };
  const meanOf = (x: tf.Tensor3D) =>
    tf.mean(tf.slice(x, [0, first.length, 0], [-1, count - first.length, -1]), 1) as tf.Tensor2D;
  const normed = tf.reshape(
    layerNorm(tf.reshape(tokens, [-1, width]), vision.lnPost, epsilon),
    tokens.shape,
  ) as tf.Tensor3D;
  const feature = embedded(
    pooling === 'attention'
      ? plainPool(normed, vision.pool!, config)
      : pooling === 'class'
        ? tf.squeeze(tf.slice(normed, [0, 0, 0], [-1, 1, -1]), [1])
        : config.vision.lnPost === 'after'
          ? layerNorm(meanOf(tokens), vision.lnPost, epsilon)
          : meanOf(normed),
  );
  const alone = tf.reshape(normed, [-1, 1, width]) as tf.Tensor3D; // each token as the only one
  const rows = embedded(pooling === 'attention' ? plainPool(alone, vision.pool!, config) : tf.squeeze(alone, [1]));
  const all = tf.reshape(rows, [batch, -1, config.embedDim]) as tf.Tensor3D;
  const features =
    pooling === 'class'
      ? all
      : tf.concat([tf.expandDims(feature, 1) as tf.Tensor3D, tf.slice(all, [0, first.length, 0], [-1, -1, -1])], 1);
  return { features: normalised(feature), tokens: features, states };
}

/**
 * Text features, [C, e] or [B, C, e]: whole rows, each class's context inserted by slicing and concatenating, one image
 * at a time.
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
  const { width, layers, causal = true, pooling = 'end', epsilon } = config.text;
  const start = clip.tokenizer.start === undefined ? 0 : 1;
  const padding = !causal || pooling === 'last';
  const inserted = typeof place !== 'string' && place.from ? { layer: place.from, tokens: place.tokens } : undefined;
  let slots = promptRows(clip, names, inserted ? 'a photo of a {}.' : place);
  // some tokens after every end
  let length = padding ? config.text.contextLength : Math.max(...slots.map(row => row.length)) + 2;
  const pad = config.text.padToken ?? 0;
  const ids = slots.flatMap(row => Array.from({ length }, (_, n) => Math.max(row[n] ?? pad, 0)));
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
  const causalMask = () =>
    tf.tensor2d(Array.from({ length }, (_, query) => Array.from({ length }, (_, key) => (key > query ? -1e30 : 0))));
  const rowwise = (layer: number, x: tf.Tensor3D) => {
    const changed = changes.between?.(layer, tf.reshape(x, [-1, width]));
    return changed ? (tf.reshape(changed, x.shape) as tf.Tensor3D) : x;
  };
  const ends = () =>
    tf.tensor2d(
      slots.map(row => Array.from({ length }, (_, n) => Number(n === (pooling === 'last' ? length : row.length) - 1))),
    );
  const atEnds = (x: tf.Tensor3D) => tf.sum(tf.mul(x, tf.expandDims(ends(), 2)), 1); // [C, d]
  const states: tf.Tensor[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const context = prompts[layer];
    if (inserted?.layer === layer) {
      const { tokens: count } = inserted;
      const before = tf.slice(tokens, [0, 0, 0], [-1, start, -1]);
      const rest = tf.slice(tokens, [0, start, 0], [-1, length - start, -1]);
      tokens = tf.concat([before, tf.zeros([names.length, count, width]), rest], 1) as tf.Tensor3D;
      length += count;
      const context = Array.from({ length: count }, (_, m) => -1 - m);
      slots = slots.map(row => [...row.slice(0, start), ...context, ...row.slice(start)]);
    }
    if (layer > 0 && context) tokens = putIn(tokens, context);
    tokens = rowwise(layer, tokens);
    states.push(atEnds(tokens));
    tokens = plainBlock(tokens, weights.text.blocks[layer]!, {
      config,
      tower: 'text',
      mask: causal ? causalMask() : undefined,
      layer,
      changes,
    });
  }
  const normed = layerNorm(atEnds(rowwise(layers, tokens)), weights.text.lnFinal, epsilon) as tf.Tensor2D;
  const features: tf.Tensor2D = tf.matMul(normed, weights.text.projection as tf.Tensor2D);
  const { projectionBias } = weights.text;
  return { features: normalised(projectionBias ? tf.add(features, projectionBias) : features), states };
}
