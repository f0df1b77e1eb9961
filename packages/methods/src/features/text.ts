import type { Clip, EnsembleOptions } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureStore } from '../transforms/transform.js';
import { sentenceFeatures } from './descriptions.js';
import { firstNotFinite } from './finite.js';
import { stored } from './store.js';

/**
 * Hand-written prompts of all classes, `{}` for the name; or sentences about each class, in the order of the classes.
 */
export type FrozenTexts =
  | readonly string[]
  | { templates: readonly string[] }
  | { sentences: readonly (readonly string[])[] };

/** How text features of hand-written prompts are computed and kept. */
export interface FrozenTextOptions extends Omit<EnsembleOptions, 'templates'> {
  /** Where to keep them for other processes. Default: nowhere */
  features?: FeatureStore;
}

/**
 * Text features of the frozen CLIP: for each class the mean of the features of its templates or sentences, normalised
 * again (Radford et al., 2021). They are read from disk if they were computed before.
 * @returns [C, e], L2-normalised; the caller's to dispose
 * @throws naming the text if a prompt is longer than the context length; the signal's reason when aborted
 */
export async function frozenText(
  clip: Clip,
  classNames: readonly string[],
  given: FrozenTexts,
  { features, raw = false, ...watched }: FrozenTextOptions = {},
): Promise<tf.Tensor> {
  const texts = 'sentences' in given || 'templates' in given ? given : { templates: given };
  const compute = async () => {
    const computed =
      'sentences' in texts
        ? await sentenceFeatures(clip, texts.sentences, watched)
        : await clip.ensemble(classNames, { templates: texts.templates, raw, ...watched });
    const wrong = firstNotFinite(await computed.data());
    if (!wrong) return computed;
    computed.dispose();
    const name = classNames[Math.floor(wrong.at / clip.config.embedDim)];
    throw new Error(`The text features of "${name}" are ${wrong.value}; check the weights of this CLIP.`);
  };
  if (!features) return compute();
  const all =
    'sentences' in texts ? texts.sentences.flatMap(own => [...own, '']) : [...classNames, '', ...texts.templates];
  const kind = 'sentences' in texts ? 'sentences' : 'text';
  const what = [kind, raw, all, all.map(text => clip.tokenizer.encode(text))]; // the weights' hash does not identify the tokenizer
  const [rows] = await stored(features, clip, what, async () => {
    const computed = await compute();
    const values = (await computed.data()) as Float32Array;
    computed.dispose();
    return [{ values, width: clip.config.embedDim }];
  });
  return tf.tensor2d(rows!.values, [classNames.length, rows!.width]);
}
