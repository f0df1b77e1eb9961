import { dirname } from 'node:path';
import { block, type Clip, loadClip, normalised, type SafetensorsFile, textTower, visionTower } from '@dgprompt/clip';
import { compile, layerNorm } from '@dgprompt/engine';
import { type Check, cosineLogits } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs';
import { distance, Skipped } from './golden-case.js';

const tolerance = 1e-4;

/** Whether a file records the features of a CLIP that lies beside it. */
export const isCheckpointFile = ({ tensors }: SafetensorsFile): boolean =>
  ['images', 'input_ids', 'image_features', 'text_features', 'logits'].every(name => tensors.has(name));

/** Loads the checkpoint beside the file and compares its features of the recorded images. */
export async function checkpointImages(file: SafetensorsFile): Promise<Check[]> {
  return withClip(file, async clip => {
    const images = tensor(file, 'images') as tf.Tensor4D;
    const features = await once(() => visionTower(clip.weights.vision, clip.config, images));
    const error = distance(features.dataSync(), file.read('image_features'));
    tf.dispose([images, features]);
    return [{ what: 'image features', error, tolerance }];
  });
}

/**
 * The same for the recorded texts, and for the logits.
 * @throws Skipped where the recorded texts went through a tower in which every token sees every other: a CLIP's sees what is before it
 */
export async function checkpointTexts(file: SafetensorsFile): Promise<Check[]> {
  return withClip(file, async clip => {
    const rows = tensor(file, 'input_ids', 'int32') as tf.Tensor2D;
    const ends = tf.argMax(rows, 1) as tf.Tensor1D;
    const expected = file.read('text_features');
    const features = await once(() => textTower(clip.weights.text, clip.config, rows, ends));
    const error = distance(features.dataSync(), expected);
    const without = error > tolerance ? distance(await unmaskedText(clip, rows, ends), expected) : 0;
    if (error > tolerance && without < Math.min(error / 5, 0.1))
      throw new Skipped('its texts were recorded without a causal mask, which no CLIP is run without');
    const image = tensor(file, 'image_features');
    const logits = await once(() =>
      cosineLogits({ image: normalised(image), text: normalised(features) }, clip.logitScale),
    );
    const checks = [
      { what: 'text features', error, tolerance },
      { what: 'logits', error: distance(logits.dataSync(), file.read('logits')), tolerance },
    ];
    tf.dispose([rows, ends, features, image, logits]);
    return checks;
  });
}

async function withClip(file: SafetensorsFile, f: (clip: Clip) => Promise<Check[]>): Promise<Check[]> {
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

/** The text tower as it would be if every token saw every other: features [C, e]. */
export async function unmaskedText(
  { weights, config }: Clip,
  rows: tf.Tensor2D,
  ends: tf.Tensor1D,
): Promise<Float32Array> {
  const { tokenEmbedding, positions, blocks, lnFinal, projection } = weights.text;
  const { heads, width } = config.text;
  const at = tf.tidy(() => tf.oneHot(ends, rows.shape[1])); // [C, T]
  const embedded = tf.gather(tokenEmbedding, rows); // [C, T, d]
  const features = await once(() => {
    let tokens = tf.add(embedded, tf.slice(positions, [0, 0], [rows.shape[1], width])) as tf.Tensor3D;
    for (const layer of blocks) tokens = block(tokens, layer, { heads, activation: config.activation }).tokens;
    const end = tf.sum(tf.mul(tokens, tf.expandDims(tf.cast(at, 'float32'), -1)), 1); // [C, d]
    return tf.matMul(
      layerNorm(end, lnFinal.weight as tf.Tensor1D, lnFinal.bias as tf.Tensor1D) as tf.Tensor2D,
      projection as tf.Tensor2D,
    );
  });
  const values = features.dataSync<'float32'>().slice();
  tf.dispose([at, embedded, features]);
  return values;
}
