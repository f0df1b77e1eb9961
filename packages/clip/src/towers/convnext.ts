import { gelu, layerNorm } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { VisionConfig } from '../config.js';
import type { ConvNextBlock, ConvNextTree } from '../weights/convnext-parameters.js';

/** timm's epsilon in the layer norms of most ConvNeXts. */
const EPSILON = 1e-6;

type Epsilon = Pick<VisionConfig, 'epsilon'>;

/**
 * A ConvNeXt (Liu et al., CVPR 2022) with OpenCLIP's head: the mean over all cells, a layer norm, and one or two linear
 * layers.
 *
 * @param images [B, 3, R, R], normalised
 * @returns [B, e], before L2 normalisation
 */
export function convNextTower(weights: ConvNextTree<tf.Tensor>, vision: Epsilon, images: tf.Tensor): tf.Tensor2D {
  const cells = convolved(weights, vision, images); // [B, R/32, R/32, D]
  return project(weights, norm(tf.mean(cells, [1, 2]) as tf.Tensor2D, weights.headNorm, vision));
}

/** The mean as a feature, and each cell as if it were the mean: [B, 1 + cells, e], before L2 normalisation. */
export function convNextTokens(weights: ConvNextTree<tf.Tensor>, vision: Epsilon, images: tf.Tensor): tf.Tensor3D {
  const cells = convolved(weights, vision, images);
  const [batch, height, width, depth] = cells.shape;
  const rows = tf.reshape(cells, [batch, height * width, depth]);
  const all = tf.concat([tf.mean(rows, 1, true), rows], 1); // [B, 1 + cells, D]
  const features = project(weights, norm(tf.reshape(all, [-1, depth]) as tf.Tensor2D, weights.headNorm, vision));
  return tf.reshape(features, [batch, 1 + height * width, -1]);
}

function convolved({ stages }: ConvNextTree<tf.Tensor>, vision: Epsilon, images: tf.Tensor): tf.Tensor4D {
  let x = tf.transpose(images, [0, 2, 3, 1]) as tf.Tensor4D; // [B, R, R, 3]
  stages.forEach(({ shrink, blocks }, stage) => {
    const filter = tf.transpose(shrink.weight, [2, 3, 1, 0]) as tf.Tensor4D; // [k, k, in, out]
    const side = filter.shape[0];
    const entering = stage === 0 ? x : norm(x, shrink.norm, vision);
    const smaller = tf.add<tf.Tensor4D>(tf.conv2d(entering, filter, side, 'valid'), shrink.bias);
    x = stage === 0 ? norm(smaller, shrink.norm, vision) : smaller;
    for (const weights of blocks) x = block(x, weights, vision);
  });
  return x;
}

/** x + scale · mlp(norm(depthwise(x))) over [B, h, w, D]. */
function block(
  x: tf.Tensor4D,
  { depthwise, up, down, scale, ...weights }: ConvNextBlock<tf.Tensor>,
  vision: Epsilon,
): tf.Tensor4D {
  const filter = tf.transpose(depthwise.weight, [2, 3, 0, 1]) as tf.Tensor4D; // [7, 7, D, 1]
  const mixed = tf.add<tf.Tensor4D>(tf.depthwiseConv2d(x, filter, 1, 'same'), depthwise.bias);
  const rows = tf.reshape(norm(mixed, weights.norm, vision), [-1, x.shape[3]]) as tf.Tensor2D;
  const hidden = gelu(linear(rows, up));
  return tf.add(x, tf.reshape(tf.mul(linear(hidden, down), scale), x.shape));
}

function project({ headUp, head }: ConvNextTree<tf.Tensor>, rows: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(headUp ? gelu(linear(rows, headUp)) : rows, head as tf.Tensor2D);
}

const linear = (rows: tf.Tensor2D, { weight, bias }: { weight: tf.Tensor; bias: tf.Tensor }): tf.Tensor2D =>
  tf.add(tf.matMul(rows, weight as tf.Tensor2D), bias);

const norm = <T extends tf.Tensor>(
  x: T,
  { weight, bias }: { weight: tf.Tensor; bias: tf.Tensor },
  { epsilon = EPSILON }: Epsilon,
): T => layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D, epsilon);
