import { initClipWeights } from '@dgprompt/clip/weights';
import { seededRandom } from '@dgprompt/engine';
import type { WordSource } from '../init.js';

/** A CLIP's config, vocabulary and random weights for this package's tests: every letter is a token. */
export function stubClip(): WordSource {
  const config = {
    embedDim: 4,
    activation: 'quick_gelu' as const,
    vision: { imageSize: 4, patchSize: 2, width: 6, layers: 3, heads: 1 },
    text: { contextLength: 12, vocabSize: 28, width: 8, layers: 4, heads: 2 },
  };
  const encode = (text: string) => [...text.replaceAll(' ', '')].map(letter => letter.charCodeAt(0) - 97);
  return { config, tokenizer: { encode, start: 26, end: 27 }, weights: initClipWeights(config, seededRandom(5)) };
}
