import { compile, leaves, type Tree, valueAndGrads } from '@dgprompt/engine';
import { makeOptimizer } from '@dgprompt/engine/optim';
import { checkAugmentation } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import {
  features,
  givenFrozenText,
  handWrittenText,
  logitsOf,
  perImageText,
  type TextSide,
} from '../learner/forward.js';
import type { Adaptation, Method } from '../learner/types.js';
import { heldVariables } from './held-variables.js';
import { release } from './inference.js';

/** A method that adapts to one image at a time. */
export interface Adapted {
  /**
   * @param views the image itself and its augmented views, [1 + V, 3, R, R]
   * @returns logits [C] of the image after the steps; the variables are then restored
   */
  logits(views: tf.Tensor4D): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Test-time adaptation (Shu et al., TPT, NeurIPS 2022): a few gradient steps on one image's views, then its logits.
 * Every image starts from the trained variables and from an empty optimizer.
 */
export async function adapted(method: Method): Promise<Adapted> {
  const { learner, name } = method;
  const { steps, lr, optimizer, loss } = learner.adapt as Adaptation;
  const variables = learner.variables as Tree<tf.Variable>;
  const update = makeOptimizer(optimizer);
  const state = update.init(variables);
  const start = heldVariables([...leaves<tf.Variable>(variables), ...leaves<tf.Variable>(state)]);
  const side: TextSide = {};
  if (givenFrozenText(method)) side.frozen = await handWrittenText(method);
  if (!perImageText(method) && !learner.textFeatures) side.text = { features: await handWrittenText(method) };
  const logits = (images: tf.Tensor4D, known: TextSide) => logitsOf(method, features(method, { images }, known));
  const step = compile(
    (images: tf.Tensor4D, known: TextSide, rate: tf.Scalar) => {
      const [value, gradients] = valueAndGrads(variables, () => loss(logits(images, known)));
      update(variables, gradients, rate);
      return value;
    },
    { cacheSize: 1 },
  );
  const last = compile(logits, { cacheSize: 1 });
  return {
    async logits(views) {
      const rate = tf.scalar(lr);
      const image = tf.slice(views, 0, 1) as tf.Tensor4D;
      try {
        for (let i = 0; i < steps; i++) {
          const reached = await step(views, side, rate);
          const [value] = await reached.data();
          reached.dispose();
          if (!Number.isFinite(value)) throw new Error(`${name}: adapting to an image gave a loss of ${value}.`);
        }
        const scores = await last(image, side);
        const values = (await scores.data()) as Float32Array;
        scores.dispose();
        return values.slice();
      } finally {
        start.restore();
        tf.dispose([rate, image]);
      }
    },
    async dispose() {
      start.dispose();
      release(side);
      update.dispose();
      await Promise.all([step.dispose(), last.dispose()]);
    },
  };
}

/** @throws one sentence for an invalid number or word in an adaptation */
export function checkAdaptation(name: string, { views, steps, lr, augmentation = 'crops' }: Adaptation): void {
  for (const [key, value] of Object.entries({ views, steps }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name}: adapt.${key} is ${value}; it must be a whole number of at least 1.`);
  if (!(lr > 0)) throw new Error(`${name}: adapt.lr is ${lr}; it must be above 0.`);
  try {
    checkAugmentation(augmentation);
  } catch (error) {
    throw new Error(`${name}: adapt.${(error as Error).message}`, { cause: error });
  }
}
