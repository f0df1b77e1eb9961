import type { Clip, EnsembleOptions } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import type { FeatureStore } from '../transforms/transform.js';
import { firstNotFinite } from './finite.js';
import { stored } from './store.js';

/** How text features of hand-written prompts are computed and kept. */
export interface FrozenTextOptions extends Omit<EnsembleOptions, 'templates'> {
  /** Where they are kept for other processes. Default: nowhere */
  features?: FeatureStore;
}

/**
 * Text features of the frozen CLIP: for each class the mean of its templates' features, normalised again (Radford et
 * al., 2021). They are read from disk if they were computed before.
 * @returns [C, e], L2-normalised; the caller's to dispose
 * @throws naming the text if a prompt is longer than the context length; the signal's reason when aborted
 */
export async function frozenText(
  clip: Clip,
  classNames: readonly string[],
  templates: readonly string[],
  { features, raw = false, ...watched }: FrozenTextOptions = {},
): Promise<tf.Tensor> {
  const compute = async () => {
    const computed = await clip.ensemble(classNames, { templates, raw, ...watched });
    const wrong = firstNotFinite(await computed.data());
    if (!wrong) return computed;
    computed.dispose();
    const name = classNames[Math.floor(wrong.at / clip.config.embedDim)];
    throw new Error(`The text features of "${name}" are ${wrong.value}; check the weights of this CLIP.`);
  };
  if (!features) return compute();
  const texts = [...classNames, '', ...templates];
  const what = ['text', raw, texts, texts.map(text => clip.tokenizer.encode(text))]; // the weights' hash does not identify the tokenizer
  const [rows] = await stored(features, clip, what, async () => {
    const computed = await compute();
    const values = (await computed.data()) as Float32Array;
    computed.dispose();
    return [{ values, width: clip.config.embedDim }];
  });
  return tf.tensor2d(rows!.values, [classNames.length, rows!.width]);
}
