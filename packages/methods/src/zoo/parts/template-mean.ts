import { type Clip, fillTemplate } from '@dgprompt/clip';
import { tokenRows } from '@dgprompt/clip/text';
import { textTower } from '@dgprompt/clip/towers';
import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/** Prompts that one graph computes at a time. */
const rowsAtOnce = 128;

/**
 * The mean of each class's text features over hand-written prompts, as they leave the tower: neither the features nor
 * their mean are normalised, and class names keep their underscores. TaskRes and CLAP start from it.
 *
 * @param projection of the text tower, [d_t, e]. Default: this CLIP's
 * @returns [C, e]
 * @throws naming a template without `{}`, or the text if a prompt is longer than the context length; the signal's
 *   reason when aborted
 */
export async function templateMean(
  clip: Clip,
  classNames: readonly string[],
  templates: readonly string[],
  { projection, signal }: { projection?: tf.Tensor2D; signal?: AbortSignal } = {},
): Promise<tf.Tensor2D> {
  const { config, tokenizer } = clip;
  const prompts = classNames.flatMap(name =>
    templates.map(template => fillTemplate(template, name, { keepUnderscores: true })),
  );
  const { embedDim, text } = config;
  const weights = projection ? { ...clip.weights.text, projection } : clip.weights.text;
  const size = Math.min(rowsAtOnce, prompts.length);
  const { tokens, ends } = tokenRows(tokenizer, prompts, text.contextLength);
  const length = Math.max(...ends.dataSync()) + 1;
  const tower = compile((rows: tf.Tensor, at: tf.Tensor) => textTower(weights, config, rows, at), { cacheSize: 1 });
  const sums = new Float64Array(classNames.length * embedDim);
  try {
    for (let start = 0; start < prompts.length; start += size) {
      signal?.throwIfAborted();
      const first = Math.min(start, prompts.length - size); // the last block is as long as the others
      const rows = tf.slice(tokens, [first, 0], [size, length]);
      const at = tf.slice(ends, [first], [size]);
      const found = await tower(rows, at); // [size, e]
      const values = await found.data();
      tf.dispose([rows, at, found]);
      for (let i = start; i < Math.min(start + size, prompts.length); i++) {
        const label = Math.floor(i / templates.length);
        for (let k = 0; k < embedDim; k++)
          sums[label * embedDim + k]! += values[(i - first) * embedDim + k]! / templates.length;
      }
    }
  } finally {
    tf.dispose([tokens, ends]);
    await tower.dispose();
  }
  return tf.tensor2d(Float32Array.from(sums), [classNames.length, embedDim]);
}

/** Rows divided by their lengths; rows of zeros stay zeros. */
export const unitRows = (rows: tf.Tensor): tf.Tensor2D =>
  tf.div(rows, tf.sqrt(tf.maximum(tf.sum(tf.square(rows), -1, true), 1e-24)));
