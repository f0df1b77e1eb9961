import type { Clip } from '@dgprompt/clip';
import { block, blockSettings } from '@dgprompt/clip/towers';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';

/** Masks the tokens after a token. */
const hidden = -1e30;

/**
 * Tokens that enter the text tower after the start token and carry over a share of the previous layer's output. They
 * see only the start token and each other, so they are the same for all classes and are computed once.
 *
 * @param tokens for each layer from `from` on, [M, d_t]
 * @param from the first layer with tokens, at least 1
 * @param fresh β, share of a layer's own tokens; the rest is the previous layer's output
 * @returns the tokens entering each of these layers, [M, d_t]
 * @throws one sentence for a text tower that has no start token or is not causal
 */
export function carriedTokens(clip: Clip, tokens: tf.Tensor[], from: number, fresh: number): tf.Tensor[] {
  const { config, weights, tokenizer } = clip;
  const { width, causal: isCausal = true } = config.text;
  if (!isCausal || tokenizer.start === undefined)
    throw new Error(
      'Text tokens that are carried from layer to layer need a text tower with a start token and a causal mask, which this CLIP does not have: use mmrl.',
    );
  const { tokenEmbedding, positions, blocks } = weights.text;
  const run = (x: tf.Tensor, l: number) => {
    const count = x.shape[1]!;
    const mask = count > 1 ? { mask: causal(count) } : {};
    return block(x as tf.Tensor3D, blocks[l]!, { ...blockSettings(config, 'text'), ...mask }).tokens;
  };
  const word = tf.tensor2d(tensorRows(tokenEmbedding, [tokenizer.start]), [1, width]);
  let start: tf.Tensor = tf.reshape(tf.add(word, tf.slice(positions, [0, 0], [1, width])), [1, 1, width]);
  for (let l = 0; l < from; l++) start = run(start, l);
  const entering = [tokens[0]!];
  for (let i = 1; i < tokens.length; i++) {
    const before = tf.expandDims(entering[i - 1]!, 0); // [1, M, d_t]
    const made = run(tf.concat([start, before], 1), from + i - 1); // [1, 1 + M, d_t]
    const [first, rest] = tf.split(made, [1, made.shape[1] - 1], 1);
    start = first!;
    entering.push(tf.add(tf.mul(tokens[i]!, fresh), tf.mul(tf.squeeze(rest!, [0]), 1 - fresh)));
  }
  return entering;
}

function causal(count: number): tf.Tensor2D {
  const mask = Float32Array.from({ length: count * count }, (_, i) => (i % count > Math.floor(i / count) ? hidden : 0));
  return tf.tensor2d(mask, [count, count]);
}
