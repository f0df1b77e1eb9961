import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { type FrozenBatch, frozenImage } from '../features/image.js';
import { imagesAtOnce } from '../features/images-at-once.js';
import type { Method } from '../learner/types.js';
import type { Batch } from './loss.js';

/** The frozen vision tower, run before the step of a method without visual prompts. */
export interface TowerInParts {
  /**
   * The frozen features of a batch of pixels, a few images at a time; undefined if the step's own graph is as fast:
   * features are known, or all images fit into the caches together.
   */
  features(batch: Batch): Promise<FrozenBatch | undefined>;
  /** Floating-point operations of the last batch in matrix products. */
  readonly operations: number;
  dispose(): Promise<void>;
}

/** Moves the tower out of a method's step: `trainingStep` runs it first. */
export function inParts({ clip, learner }: Pick<Method, 'clip' | 'learner'>): TowerInParts {
  const tower = compile((images: tf.Tensor4D) => frozenImage(clip, images, learner.frozen?.states), { cacheSize: 1 });
  let calls = 0;
  return {
    async features({ images, frozen }) {
      if (!images || frozen) return undefined;
      const [count] = images.shape;
      const size = partOf(count, imagesAtOnce(clip));
      if (size === count) return undefined;
      calls = count / size;
      const done: { image: tf.Tensor; states?: tf.Tensor[] }[] = [];
      for (const some of tf.split(images, calls) as tf.Tensor4D[]) {
        done.push(await tower(some));
        some.dispose();
      }
      const joined = (each: tf.Tensor[]) => tf.tidy(() => tf.concat(each));
      const states = done[0]!.states?.map((_, layer) => joined(done.map(one => one.states![layer]!)));
      const image = joined(done.map(one => one.image));
      tf.dispose(done);
      return states ? { image, states } : { image };
    },
    get operations() {
      return calls * (tower.graphs[0]?.operations ?? 0);
    },
    dispose: () => tower.dispose(),
  };
}

/** The largest size of equal parts that is at most `most`. */
function partOf(count: number, most: number): number {
  for (let size = Math.min(count, most); size > 1; size--) if (count % size === 0) return size;
  return 1;
}
