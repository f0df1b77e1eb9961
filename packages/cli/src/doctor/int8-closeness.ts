import type { Clip } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { compile, leaves } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import { type Method, resolveMethod } from '@dgprompt/methods';
import { type Batch, type ClassTargets, lossAndGradients, trainingData } from '@dgprompt/methods/training';
import { evalTransform } from '@dgprompt/methods/transforms';
import * as tf from '@tensorflow/tfjs-core';

/** Least cosines with float32 at which a CLIP should be tuned or tested in int8. */
export const enough = { features: 0.995, gradients: 0.99 } as const;

/** Classes and images per step. */
export const most = { classes: 20, batch: 4 } as const;

/** Prompts in all layers of both towers, or before the class names if the vision tower takes none. */
export function promptMethod(clip: Clip, classNames: readonly string[]): Method {
  try {
    return resolveMethod('ivlp')(clip, classNames, { seed: 1 });
  } catch {
    return resolveMethod('coop')(clip, classNames, { seed: 1 });
  }
}

/** What a step computes in the precision set by the last `useDevice`. */
export interface Step {
  /** Of the images, without prompts. */
  features: Float32Array[];
  /** Of all of the method's variables, one after another. */
  gradients: Float32Array;
  /** Its matrix products in int8. */
  products: number;
}

/** One step of a method on some images. */
export async function stepOf(method: Method, items: Dataset['test']): Promise<Step> {
  const train = [evalTransform(method.clip.preparation)];
  const data = await trainingData(method, items, { train, batch: items.length });
  const compute = compile((batch: Batch, targets: ClassTargets) => ({
    features: batch.images ? method.clip.vision(batch.images) : batch.frozen!.image,
    gradients: lossAndGradients(method, batch, targets)[1],
  }));
  const made: Omit<Step, 'products'> = { features: [], gradients: new Float32Array() };
  for await (const batch of data.epoch(1, [[...items.keys()]], randomStream(1))) {
    const { features, gradients } = await compute(batch, data.targets);
    made.features = await rows(features);
    made.gradients = Float32Array.from(leaves<tf.Tensor>(gradients).flatMap(one => [...one.dataSync()]));
    tf.dispose([features, gradients as tf.TensorContainer, batch as object as tf.TensorContainer]);
  }
  const products = compute.graphs[0]?.int8 ?? 0;
  await compute.dispose();
  data.dispose();
  return { ...made, products };
}

/** The rows of a matrix. */
export async function rows(matrix: tf.Tensor): Promise<Float32Array[]> {
  const values = (await matrix.data()) as Float32Array;
  const [count, width] = matrix.shape as [number, number];
  return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
}

export const cosines = (a: Float32Array[], b: Float32Array[]): number[] => a.map((row, i) => cosine(row, b[i]!));

export function cosine(a: Float32Array, b: Float32Array): number {
  const [product, ofA, ofB] = [dot(a, b), dot(a, a), dot(b, b)];
  return product / Math.sqrt(ofA * ofB);
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
