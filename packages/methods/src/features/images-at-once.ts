import { type Clip, patchCount } from '@dgprompt/clip';
import { activeDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { processorCount } from '../runtime/node.js';

/** Enough to keep a GPU busy. */
const most = 32;

/**
 * Bytes per core of a vision transformer's widest activations, [B, tokens, 4 · width] in float32, that stay in its
 * caches between operations: on two cores, 4 images of a ViT-B/16 at a time are a fifth faster than 32.
 */
const cached = 5e6;

/**
 * The number of images that go through a vision tower at a time if they are independent, as in tests.
 *
 * @param views of each image. Default: 1
 */
export const imagesAtOnce = (clip: Pick<Clip, 'config'>, views = 1): number =>
  Math.max(1, Math.floor(inputsAtOnce(clip) / views));

function inputsAtOnce({ config: { vision } }: Pick<Clip, 'config'>): number {
  const { device, threads } = activeDevice();
  if (vision.stages || tf.getBackend() !== 'onnxruntime' || device !== 'cpu') return most;
  const image = (1 + patchCount(vision)) * 4 * vision.width * Float32Array.BYTES_PER_ELEMENT;
  const held = Math.floor(((threads || processorCount()) * cached) / image);
  return Math.max(1, Math.min(most, held));
}
