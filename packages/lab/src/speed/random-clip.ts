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

/** Writes a checkpoint of that shape with random weights, 600 MB: time and memory do not depend on the values. */
export async function randomClip({ file }: { file: string }): Promise<{ file: string }> {
  const weights = initClipWeights(vitB16, seededRandom(1));
  await writeSafetensors(file, clipWeightsToNames(vitB16, weights));
  disposeWeights(vitB16, weights);
  return { file };
}
