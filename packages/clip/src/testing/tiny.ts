import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { configFromShapes } from '../checkpoint/shapes.js';
import { type Clip, createClip } from '../clip.js';
import type { ClipConfig } from '../config.js';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { clipWeightsFromNames, initClipWeights } from '../weights/weights.js';

/** Shared by the tests of this package. Not part of the package. */

export const golden = fileURLToPath(new URL('../../../../../shared/golden/', import.meta.url));
export const hasGolden = existsSync(golden);
export const goldenZoo = fileURLToPath(new URL('../../../../../shared/golden-zoo/', import.meta.url));
export const hasGoldenZoo = existsSync(goldenZoo);
export const goldenClips = fileURLToPath(new URL('../../../../../shared/golden-clips/', import.meta.url));
export const hasGoldenClips = existsSync(goldenClips);

/** The tensors of a golden file. */
export function goldenFile(name: string, folder = golden) {
  const { metadata, read, tensors, close } = openSafetensors(`${folder}${name}.safetensors`);
  const tensor = (key: string, dtype: 'float32' | 'int32' = 'float32') =>
    tf.tensor(read(key), tensors.get(key)!.shape, dtype);
  return { metadata, tensor, close };
}

/** The CLIP of a folder of golden files, with CLIP's tokenizer reduced to the ids of its vocabulary. */
export async function goldenClip(folder = golden): Promise<Clip> {
  const file = openSafetensors(`${folder}clip.safetensors`);
  const config = configFromShapes(file.path, file.tensors);
  const weights = clipWeightsFromNames(config, ({ name }) => file.read(name));
  const ids: number[] = JSON.parse(file.metadata.token_ids!);
  file.close();
  const full = await clipVocabulary();
  const row = (id: number) => ids.indexOf(id);
  const tokenizer = {
    start: row(full.start!),
    end: row(full.end),
    encode: (text: string) => full.encode(text).map(row),
  };
  return createClip({ config, weights, tokenizer });
}

export const tiny: ClipConfig = {
  embedDim: 8,
  activation: 'quick_gelu',
  vision: { imageSize: 8, patchSize: 4, width: 16, layers: 3, heads: 2 },
  text: { contextLength: 77, vocabSize: 40, width: 12, layers: 4, heads: 2 },
};

/** One token per word, so that prompts are easy to write: words get ids in order of appearance. */
export function wordTokenizer(vocabSize: number): ClipTokenizer {
  const ids = new Map<string, number>();
  const id = (word: string) => {
    if (!ids.has(word)) ids.set(word, ids.size + 1);
    return ids.get(word)!;
  };
  return {
    start: vocabSize - 2,
    end: vocabSize - 1,
    encode: text => (text.toLowerCase().match(/[a-z]+|[^\sa-z]+/g) ?? []).map(id),
  };
}

/** A small CLIP whose layers all matter: random biases and norms, and weights larger than at the start of training. */
export function tinyClip(config = tiny, seed = 1): Clip {
  const random = seededRandom(seed);
  const weights = initClipWeights(config, {
    normal: shape => tf.add(random.normal(shape as [number], 0.3), shape.length === 1 ? 0.1 : 0),
    uniform: shape => random.normal(shape as [number], 0.3),
  });
  return createClip({ config, weights, tokenizer: wordTokenizer(config.text.vocabSize) });
}

/** The largest difference between two tensors, as a number. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`The shapes differ: [${a.shape}] and [${b.shape}].`);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
}
