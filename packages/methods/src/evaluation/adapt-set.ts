import { compile, leaves, type Tree, valueAndGrads } from '@dgprompt/engine';
import { makeOptimizer } from '@dgprompt/engine/optim';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import type { TextSide } from '../learner/forward.js';
import type { Method, SetAdaptation } from '../learner/types.js';
import { cachedTransform, evalTransform, pixelBatch, type Transform } from '../transforms/transform.js';
import { withChange } from './explain/control.js';
import { heldVariables } from './held-variables.js';
import { logitsWith, release, textSide } from './inference.js';

/** A method that has adapted to a test. */
export interface AdaptedToSet {
  method: Method;
  /** Restores the variables' earlier values. */
  restore(): void;
}

export interface AdaptSetOptions {
  /** Source of the pixels, instead of image files. */
  transform?: Transform;
  signal?: AbortSignal;
}

/**
 * Adapts a method to the images and classes of a test, without labels. Batches have equal size, in an order set by the
 * method's seed; the optimizer starts empty.
 *
 * @param paths the images of the test
 * @throws one sentence if the loss is not finite; the signal's reason when aborted
 */
export async function adaptedToSet(
  method: Method,
  paths: readonly string[],
  { transform, signal }: AdaptSetOptions = {},
): Promise<AdaptedToSet> {
  const { variables, change, batch, steps, lr, optimizer, loss } = method.learner.adaptSet as SetAdaptation;
  const { clip, name, seed } = method;
  const changed = withChange(method, change);
  const views = cachedTransform(transform ?? evalTransform(clip.preparation));
  const random = randomStream(seed).fork('adapt');
  const order = random.shuffle([...paths]);
  const batches = Math.ceil(order.length / batch);
  const size = Math.ceil(order.length / batches);
  const update = makeOptimizer(optimizer);
  update.init(variables);
  const start = heldVariables(leaves<tf.Variable>(variables as Tree<tf.Variable>));
  const restore = () => {
    start.restore();
    start.dispose();
  };
  const text = textSide(method);
  const step = compile((images: tf.Tensor4D, mask: tf.Tensor1D, side: TextSide, rate: tf.Scalar) => {
    const [value, gradients] = valueAndGrads(variables, () => loss(logitsWith(changed, { images }, side), mask));
    update(variables, gradients, rate);
    return value;
  });
  const side = await text.compute();
  const rate = tf.scalar(lr);
  try {
    for (let i = 0; i < steps; i++) {
      signal?.throwIfAborted();
      const first = (i % batches) * size;
      const some = order.slice(first, first + size);
      const images = await pixelBatch(views, some, size, { preparation: clip.preparation, random, signal });
      const mask = tf.tensor1d(Array.from({ length: size }, (_, row) => (row < some.length ? 1 : 0)));
      const reached = await step(images, mask, side, rate);
      const [value] = await reached.data();
      tf.dispose([images, mask, reached]);
      if (!Number.isFinite(value)) throw new Error(`${name}: adapting to the test's images gave a loss of ${value}.`);
    }
  } catch (error) {
    restore();
    throw error;
  } finally {
    release(side);
    rate.dispose();
    update.dispose();
    await Promise.all([text.dispose(), step.dispose()]);
  }
  return { method: changed, restore };
}
