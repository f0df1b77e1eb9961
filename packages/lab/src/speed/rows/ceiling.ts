import { compile, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { timed } from '../timed.js';

/**
 * Products of a ViT-B/16's layers on a batch of four, 199 tokens per image (class token, patches, two prompts): [rows,
 * in, out].
 */
const shapes = [
  [796, 768, 2304],
  [796, 768, 768],
  [796, 768, 3072],
  [796, 3072, 768],
] as const;

/**
 * Number of consecutive products of one shape per call, each with its own weights, so that the call's overhead does not
 * matter.
 */
const chain = 8;

/**
 * The highest rate of float32 matrix products that ONNX Runtime reaches on a tower's own shapes, in operations per
 * second.
 */
export async function ceiling({ repeats }: { repeats: number }): Promise<{ rate: number }> {
  const random = seededRandom(1);
  let rate = 0;
  for (const [rows, width, out] of shapes) {
    const x = random.normal([rows, width], 1) as tf.Tensor2D;
    const weights = Array.from({ length: chain }, () => random.normal([width, out], 0.02) as tf.Tensor2D);
    const corner = (product: tf.Tensor2D) => tf.slice(product, [0, 0], [1, 1]); // so that nothing large comes back
    const products = compile((x: tf.Tensor2D) => weights.map(weight => corner(tf.matMul(x, weight))));
    const [, , ...later] = await timed(repeats + 2, async () => tf.dispose(await products(x)));
    rate = Math.max(rate, (2 * chain * rows * width * out) / Math.min(...later));
    await products.dispose();
    tf.dispose([x, ...weights]);
  }
  return { rate };
}
