import { normalised } from '@dgprompt/clip';
import { textTower, visionTower } from '@dgprompt/clip/towers';
import { compile } from '@dgprompt/engine';
import type { SafetensorsFile } from '@dgprompt/io';
import { cosineLogits } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs-core';
import type { GoldenClips } from '../golden/golden-clips.js';
import type { Comparison } from '../golden/method-steps.js';
import { distance } from './golden-case.js';

const tolerance = 1e-4;

/**
 * Tolerance in float32 roundings for features in the thousands, as a ResNet's may be before normalisation; recorded
 * ones differ from float64 by up to 11 roundings of the largest entry, and ours by as many.
 */
const roundings = 32 * 2 ** -24;

/** Whether a file records a CLIP's features of images and texts. */
export const isZeroShotFile = ({ tensors }: SafetensorsFile): boolean =>
  ['images', 'tokens', 'image_features', 'text_features', 'logits'].every(name => tensors.has(name));

/**
 * The scale that maps the recorded features to the recorded logits, by least squares, using numbers of the recording
 * only.
 */
export function recordedScale(file: SafetensorsFile): number {
  const [image, text] = ['image_features', 'text_features'].map(name => unitRows(file, name));
  const logits = file.read('logits');
  let [products, squares, at] = [0, 0, 0];
  for (const a of image!)
    for (const b of text!) {
      const cosine = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
      products += cosine * logits[at++]!;
      squares += cosine * cosine;
    }
  return products / squares;
}

function unitRows(file: SafetensorsFile, name: string): number[][] {
  const [rows, width] = file.tensors.get(name)!.shape as [number, number];
  const values = file.read(name);
  return Array.from({ length: rows }, (_, row) => {
    const features = Array.from(values.subarray(row * width, (row + 1) * width));
    const length = Math.sqrt(features.reduce((sum, x) => sum + x * x, 0));
    return features.map(x => x / length);
  });
}

/**
 * Compares the towers' features of the recorded images and token rows, the logits, and text features from the class
 * names.
 */
export async function zeroShotCase(file: SafetensorsFile, name: string, clips: GoldenClips): Promise<Comparison[]> {
  const { clip } = await clips.find(file, name.split('/').at(-1)!);
  const tensor = (key: string, dtype: 'float32' | 'int32' = 'float32') =>
    tf.tensor(file.read(key), file.tensors.get(key)!.shape, dtype);
  const [images, tokens] = [tensor('images') as tf.Tensor4D, tensor('tokens', 'int32') as tf.Tensor2D];
  const ends = tf.argMax(tokens, 1);
  const towers = compile((pixels: tf.Tensor4D, rows: tf.Tensor2D, at: tf.Tensor1D) => {
    const image = visionTower(clip.weights.vision, clip.config, pixels); // [B, e]
    const text = textTower(clip.weights.text, clip.config, rows, at); // [C, e]
    return { image, text, logits: cosineLogits({ image: normalised(image), text: normalised(text) }, clip.logitScale) };
  });
  try {
    const result = await towers(images, tokens, ends as tf.Tensor1D);
    const check = (what: string, value: tf.Tensor, key: string): Comparison => {
      const expected = file.read(key);
      const error = distance(asRecorded(value, expected).dataSync(), expected);
      const largest = expected.reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 0); // NaN is not larger
      return { what, error, tolerance: Math.max(tolerance, roundings * largest) };
    };
    const checks = [
      check('image features', result.image, 'image_features'),
      check('text features', result.text, 'text_features'),
      check('logits', result.logits, 'logits'),
    ];
    const names = JSON.parse(file.metadata.classnames ?? '[]') as string[];
    if (names.length > 0 && isPlain(names)) {
      const named = compile(() => clip.text(names, { raw: true }));
      const features = await named();
      checks.push(check('text features by name', features, 'text_features'));
      features.dispose();
      await named.dispose();
    }
    tf.dispose(result);
    return checks;
  } finally {
    tf.dispose([images, tokens, ends]);
    await towers.dispose();
  }

  /** Whether the recorded rows are "a photo of a {}." of the names. */
  function isPlain(names: readonly string[]): boolean {
    const { tokenizer } = clip;
    const rows = file.read('tokens');
    const length = file.tensors.get('tokens')!.shape[1]!;
    return names.every((name, c) => {
      const ids = tokenizer.encode(`a photo of a ${name.replaceAll('_', ' ')}.`);
      return [tokenizer.start, ...ids, tokenizer.end].every((id, i) => rows[c * length + i] === id);
    });
  }
}

/** Converts features to the recorded form: as they come out of a tower, or L2-normalised. */
function asRecorded(value: tf.Tensor, expected: Float32Array): tf.Tensor {
  const rows = value.shape[0]!;
  const squares = expected.reduce((sum, x) => sum + x * x, 0);
  return Math.abs(squares / rows - 1) < 1e-3 ? normalised(value) : value;
}
