import type { ClipConfig } from '@dgprompt/clip';
import { clipWeightsToNames, disposeWeights, initClipWeights } from '@dgprompt/clip/weights';
import { seededRandom } from '@dgprompt/engine';
import { writeSafetensors } from '@dgprompt/io';

/** CLIP's ViT-B/16. */
const vitB16: ClipConfig = {
  embedDim: 512,
  activation: 'quick_gelu',
  vision: { imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 },
  text: { contextLength: 77, vocabSize: 49408, width: 512, layers: 12, heads: 8 },
};

/** SigLIP's B/16, with CLIP's vocabulary, whose tokenizer is always available. */
const siglipB16: ClipConfig = {
  embedDim: 768,
  activation: 'gelu_tanh',
  logitBias: true,
  vision: {
    imageSize: 224,
    patchSize: 16,
    width: 768,
    layers: 12,
    heads: 12,
    epsilon: 1e-6,
    pooling: 'attention',
    classToken: false,
    patchBias: true,
    lnPre: false,
    projection: 'none',
  },
  text: {
    contextLength: 64,
    vocabSize: 49408,
    width: 768,
    layers: 12,
    heads: 12,
    epsilon: 1e-6,
    causal: false,
    pooling: 'last',
    projection: 'linear',
  },
};

/** CLIP's ViT-L/14. */
const vitL14: ClipConfig = {
  embedDim: 768,
  activation: 'quick_gelu',
  vision: { imageSize: 224, patchSize: 14, width: 1024, layers: 24, heads: 16 },
  text: { contextLength: 77, vocabSize: 49408, width: 768, layers: 12, heads: 12 },
};

export const shapes = { 'ViT-B/16': vitB16, 'SigLIP B/16': siglipB16, 'ViT-L/14': vitL14 } as const;

/**
 * Writes a checkpoint of a shape with random weights (600 MB for a ViT-B/16): time and memory do not depend on the
 * values.
 */
export async function randomClip({
  file,
  shape = 'ViT-B/16',
}: {
  file: string;
  shape?: keyof typeof shapes;
}): Promise<{ file: string }> {
  const config = shapes[shape];
  const weights = initClipWeights(config, seededRandom(1));
  await writeSafetensors(file, clipWeightsToNames(config, weights));
  disposeWeights(config, weights);
  return { file };
}
