import { loadClip } from '@dgprompt/clip';
import { compile, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { median } from '../median.js';

export interface TowerTiming {
  /** Of the forward pass, in seconds: the median. */
  seconds: number;
  batch: number;
  operations: number;
}

/** The bare vision tower's forward pass on a batch that is there. */
export async function tower(options: { model: string; batch: number; repeats: number }): Promise<TowerTiming> {
  const { model, batch, repeats } = options;
  const clip = await loadClip(model);
  const forward = compile((images: tf.Tensor) => clip.vision(images));
  const images = seededRandom(1).normal([batch, 3, clip.imageSize, clip.imageSize], 1);
  const seconds: number[] = [];
  for (let i = 0; i < repeats + 2; i++) {
    const started = performance.now();
    tf.dispose(await forward(images));
    seconds.push((performance.now() - started) / 1000);
  }
  return { seconds: median(seconds.slice(2)), batch, operations: forward.graphs[0]!.operations };
}
