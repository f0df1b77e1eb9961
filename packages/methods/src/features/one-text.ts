import { type Clip, fillTemplate } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { distinctTexts } from './descriptions.js';
import { type FrozenTextOptions, type FrozenTexts, frozenText } from './text.js';

/** Frozen features of every template or sentence of each class. */
export interface OneText {
  /**
   * One text of each class, [C, e], L2-normalised; the caller's to dispose.
   *
   * @param draw in [0, 1), the same for all classes: those with equally many texts get the same index
   */
  at(draw: number): tf.Tensor2D;
}

/**
 * Computes the features of all texts once, for steps that compare with one of them.
 * @throws one sentence without templates, or for one without `{}`
 */
export async function oneText(
  clip: Clip,
  classNames: readonly string[],
  given: Exclude<FrozenTexts, readonly string[]>,
  how: Omit<FrozenTextOptions, 'raw'> = {},
): Promise<OneText> {
  const texts =
    'sentences' in given
      ? given.sentences
      : classNames.map(name => given.templates.map(template => fillTemplate(template, name)));
  if (texts.some(own => own.length === 0)) throw new Error('Text features need at least one template.');
  const { unique, rows } = distinctTexts(texts);
  const features = await frozenText(clip, unique, { templates: ['{}'] }, how); // [T, e]
  const values = (await features.data()) as Float32Array;
  features.dispose();
  const { embedDim } = clip.config;
  return {
    at(draw) {
      const chosen = new Float32Array(rows.length * embedDim);
      for (const [label, own] of rows.entries()) {
        const row = own[Math.floor(draw * own.length)]!;
        chosen.set(values.subarray(row * embedDim, (row + 1) * embedDim), label * embedDim);
      }
      return tf.tensor2d(chosen, [rows.length, embedDim]);
    },
  };
}
