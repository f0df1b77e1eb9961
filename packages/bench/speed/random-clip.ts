import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClipConfig, clipWeightsToNames, disposeWeights, initClipWeights, writeSafetensors } from '@dgprompt/clip';
import { seededRandom } from '@dgprompt/engine';
import { cacheFolder } from '@dgprompt/pictograms';

/** CLIP's ViT-B/16. */
export const vitB16: ClipConfig = {
  embedDim: 512,
  activation: 'quick_gelu',
  vision: { imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 },
  text: { contextLength: 77, vocabSize: 49408, width: 512, layers: 12, heads: 8 },
};

/** A checkpoint of that shape with random weights, 600 MB, made once and kept: time and memory do not depend on the values. */
export async function randomClip(config = vitB16): Promise<string> {
  const folder = join(cacheFolder(), 'speed');
  const file = join(folder, 'random-vit-b-16.safetensors');
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const weights = initClipWeights(config, seededRandom(1));
  await writeSafetensors(file, clipWeightsToNames(config, weights));
  disposeWeights(config, weights);
  return file;
}
