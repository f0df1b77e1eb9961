import { type Clip, loadClip } from '@dgprompt/clip';
import { compile, seededRandom } from '@dgprompt/engine';
import { type Method, resolveMethod } from '@dgprompt/methods';
import { type Batch, classTargets, type TrainingStep, trainingStep } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';
import { classNames } from '../class-names.js';
import { median } from '../median.js';
import { timed } from '../timed.js';

export interface StepOptions {
  model: string;
  /** A method, as `maple` or `vpt:deep`. */
  method: string;
  batch: number;
  /** Whether the frozen image features are cached before the step, as for images without augmentation. */
  cachedFeatures?: boolean;
  /** Timed steps, after one that builds the graph and one warm-up step. */
  repeats: number;
}

export interface StepTiming {
  /** Median of the timed steps, in seconds. */
  seconds: number;
  /** Time of the first step: trace, session, run. */
  first: number;
  /** Floating-point operations in matrix products; 0 on a backend that does not count them. */
  operations: number;
  loss: number;
}

/** Training steps of a method on random pixels: forward pass, gradients, update. */
export async function step({ model, repeats, ...options }: StepOptions): Promise<StepTiming> {
  const clip = await loadClip(model);
  const { run, training } = await readyStep(clip, options);
  let loss = 0;
  const [first, , ...later] = await timed(repeats + 2, async () => {
    loss = await run();
  });
  return { seconds: median(later), first: first!, operations: training.operations, loss };
}

/** A training step with a batch to repeat it on. */
export async function readyStep(
  clip: Clip,
  { method: name, ...options }: Omit<StepOptions, 'model' | 'repeats'>,
): Promise<{ run(): Promise<number>; training: TrainingStep }> {
  const method = resolveMethod(name)(clip, classNames, { seed: 1 });
  const targets = await classTargets(method);
  const training = trainingStep(method, method.recipe);
  const batch = await randomBatch(method, options);
  return { run: () => training.run(batch, targets, method.recipe.lr / 100), training };
}

/** Random pixels and labels and, if cached, the frozen CLIP's features of them. */
async function randomBatch(
  { clip, learner }: Method,
  { batch, cachedFeatures }: Pick<StepOptions, 'batch' | 'cachedFeatures'>,
): Promise<Batch> {
  const random = seededRandom(1);
  const images = random.normal([batch, 3, clip.imageSize, clip.imageSize], 1) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: batch }, () => random.integer(classNames.length)),
    'int32',
  );
  const rows = tf.ones([batch]) as tf.Tensor1D;
  if (!cachedFeatures) return { images, labels, mask: rows };
  const compute = compile((pixels: tf.Tensor4D) => clip.visionStates(pixels));
  const { features: image, states } = await compute(images);
  await compute.dispose();
  const wantsPixels = learner.features !== undefined || learner.imageFeatures !== undefined;
  const frozen = { image, ...(learner.frozen?.states ? { states } : {}) };
  return { ...(wantsPixels ? { images } : {}), frozen, labels, mask: rows };
}
