import { loadClip, normalised } from '@dgprompt/clip';
import { seededRandom } from '@dgprompt/engine';
import { resolveMethod } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs-core';
import { classNames } from '../class-names.js';
import { median } from '../median.js';
import { timed } from '../timed.js';

export interface FitTiming {
  /** Median time of one fit, including the search for its settings. */
  seconds: number;
  /** Training images; validation uses a quarter as many. */
  images: number;
}

/** Times a method without epochs on 16 shots per class, with given frozen features: random around the texts. */
export async function fit(options: { model: string; method: string; repeats: number }): Promise<FitTiming> {
  const clip = await loadClip(options.model);
  const images = 16 * classNames.length;
  const { learner } = resolveMethod(options.method)(clip, classNames, { seed: 1, shots: 16, images });
  const random = seededRandom(1);
  const text = normalised(random.normal([classNames.length, clip.config.embedDim], 1) as tf.Tensor2D); // [C, e]
  const shots = (count: number) => {
    const labels = Int32Array.from({ length: count }, (_, i) => i % classNames.length);
    const features = tf.tidy(() => {
      const mean = tf.gather(text, tf.tensor1d(labels, 'int32'));
      return normalised(tf.add(mean, random.normal(mean.shape, 0.1))) as tf.Tensor2D; // [N, e]
    });
    return { features, labels };
  };
  const [training, validation] = [shots(images), shots(images / 4)];
  const noPixels = async (): Promise<never> => {
    throw new Error(`${options.method} learns from more than frozen features.`);
  };
  const seconds = await timed(options.repeats + 1, async () =>
    learner.fit!({
      ...training,
      ...{ validation, text, classCount: classNames.length },
      ...{ rowsOf: noPixels, meanOf: noPixels },
    }),
  );
  return { seconds: median(seconds.slice(1)), images };
}
