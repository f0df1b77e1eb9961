import { loadClip } from '@dgprompt/clip';
import { compile, seededRandom } from '@dgprompt/engine';
import { type Batch, classTargets, type Method, resolveMethod, trainingStep } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs';
import { classNames } from './class-names.js';

export interface StepOptions {
  model: string;
  /** Of a method, `maple` or `coop:csc`. */
  method: string;
  batch: number;
  options?: Record<string, unknown>;
  /** Frozen image features are there before the step, as they are for images without augmentation. */
  cachedFeatures?: boolean;
  /** Timed steps, after one that builds the graph and one to warm up. */
  repeats: number;
}

export interface StepTiming {
  /** Seconds of each timed step. */
  seconds: number[];
  /** Seconds of the first step: trace, session, run. */
  first: number;
  /** Floating-point operations of its matrix products. */
  operations: number;
  loss: number;
}

/** Training steps of a method on random pixels: forward pass, gradients, update. */
export async function timeSteps({ model, repeats, ...options }: StepOptions): Promise<StepTiming> {
  const clip = await loadClip(model);
  const method = resolveMethod(options.method)(clip, classNames, { ...options.options, seed: 1 } as never);
  const targets = await classTargets(method);
  const step = trainingStep(method, method.recipe);
  const batch = await randomBatch(method, options);
  const timing: StepTiming = { seconds: [], first: 0, operations: 0, loss: 0 };
  for (let i = 0; i < repeats + 2; i++) {
    const started = performance.now();
    timing.loss = await step.run(batch, targets, method.recipe.lr / 100);
    const seconds = (performance.now() - started) / 1000;
    if (i === 0) timing.first = seconds;
    if (i > 1) timing.seconds.push(seconds);
  }
  timing.operations = step.operations;
  if (!process.env.KEEP) await step.dispose();
  return timing;
}

/** Random pixels, labels, and, where they are to be there already, the frozen CLIP's features of them. */
async function randomBatch(
  method: Method,
  { batch, cachedFeatures }: Omit<StepOptions, 'model' | 'repeats'>,
): Promise<Batch> {
  const { clip, parts } = method;
  const random = seededRandom(1);
  const images = random.normal([batch, 3, clip.imageSize, clip.imageSize], 1) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: batch }, () => random.integer(classNames.length)),
    'int32',
  );
  const rows = tf.ones([batch]) as tf.Tensor1D;
  if (!cachedFeatures) return { images, labels, rows };
  const states = parts.frozen?.states ?? false;
  const compute = compile((pixels: tf.Tensor4D) => {
    const { features, states } = clip.visionStates(pixels);
    return [features, ...states];
  });
  const [image, ...seen] = await compute(images);
  await compute.dispose();
  const prompted = parts.features !== undefined || parts.imageFeatures !== undefined;
  const frozen = { image: image!, ...(states ? { states: seen } : {}) };
  return { ...(prompted ? { images } : {}), frozen, labels, rows };
}
