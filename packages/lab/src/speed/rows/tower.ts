import { loadClip } from '@dgprompt/clip';
import { compile, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../median.js';
import { timed } from '../timed.js';

export interface TowerTiming {
  /** Median time of the forward pass in seconds. */
  seconds: number;
  batch: number;
  operations: number;
}

/** The bare vision tower's forward pass on an existing batch. */
export async function tower(options: { model: string; batch: number; repeats: number }): Promise<TowerTiming> {
  const { model, batch, repeats } = options;
  const clip = await loadClip(model);
  const forward = compile((images: tf.Tensor) => clip.vision(images));
  const images = seededRandom(1).normal([batch, 3, clip.imageSize, clip.imageSize], 1);
  const seconds = await timed(repeats + 2, async () => tf.dispose(await forward(images)));
  return { seconds: median(seconds.slice(2)), batch, operations: forward.graphs[0]!.operations };
}
