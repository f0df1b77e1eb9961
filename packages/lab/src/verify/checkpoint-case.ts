import { dirname } from 'node:path';
import { type Clip, loadClip, normalised } from '@dgprompt/clip';
import { endPositions, textTower, visionTower } from '@dgprompt/clip/towers';
import { compile } from '@dgprompt/engine';
import type { SafetensorsFile } from '@dgprompt/io';
import { cosineLogits } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from '../golden/method-steps.js';
import { distance } from './golden-case.js';

const tolerance = 1e-4;

/** Whether a file records the features of a CLIP next to it. */
export const isCheckpointFile = ({ tensors }: SafetensorsFile): boolean =>
  ['images', 'input_ids', 'image_features', 'text_features', 'logits'].every(name => tensors.has(name));

/** Whether a file records the features of images of any aspect ratio (SigLIP 2 NaFlex). */
export const isNaFlexFile = ({ tensors }: SafetensorsFile): boolean =>
  ['pixel_values', 'spatial_shapes', 'image_features'].every(name => tensors.has(name));

/** Passes if the checkpoint next to the file is refused by name: no other network may be loaded in its place. */
export async function refusedCheckpoint(file: SafetensorsFile): Promise<Comparison[]> {
  const loaded = await loadClip(dirname(file.path)).catch((error: Error) => error);
  if (loaded instanceof Error) {
    if (loaded.message.includes('NaFlex')) return [{ what: 'refused by name', error: 0, tolerance: 0 }];
    throw loaded;
  }
  loaded.dispose();
  throw new Error('a SigLIP 2 NaFlex was loaded as a network for square images');
}

/** Loads the checkpoint next to the file and compares its features of the recorded images. */
export async function checkpointImages(file: SafetensorsFile): Promise<Comparison[]> {
  return withClip(file, async clip => {
    const images = tensor(file, 'images') as tf.Tensor4D;
    const features = await once(() => visionTower(clip.weights.vision, clip.config, images));
    const error = distance(features.dataSync(), file.read('image_features'));
    tf.dispose([images, features]);
    return [{ what: 'image features', error, tolerance }];
  });
}

/** The same for the recorded texts and for the logits. */
export async function checkpointTexts(file: SafetensorsFile): Promise<Comparison[]> {
  return withClip(file, async clip => {
    const rows = tensor(file, 'input_ids', 'int32') as tf.Tensor2D;
    const ends = endPositions(clip.config, rows);
    const expected = file.read('text_features');
    const features = await once(() => textTower(clip.weights.text, clip.config, rows, ends));
    const error = distance(features.dataSync(), expected);
    const image = tensor(file, 'image_features');
    const logits = await once(() =>
      tf.add(cosineLogits({ image: normalised(image), text: normalised(features) }, clip.logitScale), clip.logitBias),
    );
    const checks = [
      { what: 'text features', error, tolerance },
      { what: 'logits', error: distance(logits.dataSync(), file.read('logits')), tolerance },
    ];
    tf.dispose([rows, ends, features, image, logits]);
    return checks;
  });
}

async function withClip(file: SafetensorsFile, f: (clip: Clip) => Promise<Comparison[]>): Promise<Comparison[]> {
  const clip = await loadClip(dirname(file.path));
  try {
    return await f(clip);
  } finally {
    clip.dispose();
  }
}

const tensor = (file: SafetensorsFile, name: string, dtype: 'float32' | 'int32' = 'float32') =>
  tf.tensor(file.read(name), file.tensors.get(name)!.shape, dtype);

async function once<T extends tf.Tensor>(fn: () => T): Promise<T> {
  const compiled = compile(fn, { cacheSize: 1 });
  try {
    return (await compiled()) as T;
  } finally {
    await compiled.dispose();
  }
}
