import { attention } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { BottleneckWeights, ConvolutionWeights, LinearWeights, ResNetTree } from '../weights/resnet-parameters.js';

/** PyTorch's epsilon in a batch norm. */
const EPSILON = 1e-5;

/**
 * CLIP's ModifiedResNet (Radford et al., 2021): a stem of three convolutions, average pooling in place of strides, and
 * attention pooling at the end. Batch norms use the statistics of the checkpoint.
 *
 * @param images [B, 3, R, R], normalised
 * @returns [B, e], before L2 normalisation
 */
export function resNetTower(weights: ResNetTree<tf.Tensor>, config: ClipConfig, images: tf.Tensor): tf.Tensor2D {
  return attentionPool(convolved(weights, images), weights.pool, config.vision.heads, false);
}

/**
 * The outputs of the attention pool for every query, of which the first is the mean: [B, 1 + cells, e], before L2
 * normalisation.
 */
export function resNetTokens(weights: ResNetTree<tf.Tensor>, config: ClipConfig, images: tf.Tensor): tf.Tensor3D {
  const rows = attentionPool(convolved(weights, images), weights.pool, config.vision.heads, true);
  return tf.reshape(rows, [images.shape[0]!, -1, rows.shape[1]]);
}

/** The cells before the attention pool, [B, R/32, R/32, 32 D]. */
function convolved(weights: ResNetTree<tf.Tensor>, images: tf.Tensor): tf.Tensor4D {
  let x = tf.transpose(images, [0, 2, 3, 1]) as tf.Tensor4D; // [B, R, R, 3]
  weights.stem.forEach((layer, i) => {
    x = tf.relu(convolve(x, layer, i === 0 ? 2 : 1));
  });
  x = shrink(x, 2); // [B, R/4, R/4, D]
  weights.stages.forEach((blocks, stage) => {
    blocks.forEach((block, i) => {
      x = bottleneck(x, block, stage > 0 && i === 0 ? 2 : 1);
    });
  });
  return x;
}

function bottleneck(x: tf.Tensor4D, weights: BottleneckWeights<tf.Tensor>, stride: number): tf.Tensor4D {
  const reduced = tf.relu(convolve(x, weights.reduce));
  const seen = shrink(tf.relu(convolve(reduced, weights.middle)), stride);
  const past = weights.shortcut ? convolve(shrink(x, stride), weights.shortcut) : x;
  return tf.relu(tf.add<tf.Tensor4D>(convolve(seen, weights.expand), past));
}

/** Convolution, padded so that it keeps the size at stride 1, and its batch norm. */
function convolve(x: tf.Tensor4D, { weight, norm }: ConvolutionWeights<tf.Tensor>, stride = 1): tf.Tensor4D {
  const filter = tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D; // [k, k, in, out]
  const padding = (weight.shape[2]! - 1) / 2;
  const scale = tf.mul(norm.weight, tf.rsqrt(tf.add(norm.variance, EPSILON))); // [out]
  const shift = tf.sub(norm.bias, tf.mul(norm.mean, scale));
  const edges = [padding, padding] as [number, number];
  // TensorFlow.js has no padding by number
  const padded = padding === 0 ? x : tf.pad(x, [[0, 0], edges, edges, [0, 0]]);
  return tf.add<tf.Tensor4D>(tf.mul(tf.conv2d(padded, filter, stride, 'valid'), scale), shift);
}

function shrink(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  return stride === 1 ? x : tf.avgPool(x, stride, stride, 'valid');
}

/**
 * One query, the mean of all cells, attends to the cells and itself, [B, e]; or all of them do, [B · (1 + HW), e].
 */
function attentionPool(
  x: tf.Tensor4D,
  weights: ResNetTree<tf.Tensor>['pool'],
  heads: number,
  all: boolean,
): tf.Tensor2D {
  const [batch, height, width, depth] = x.shape;
  const cells: tf.Tensor3D = tf.reshape(x, [batch, height * width, depth]);
  const mean = tf.mean<tf.Tensor3D>(cells, 1, true);
  const tokens = tf.add<tf.Tensor3D>(tf.concat([mean, cells], 1), weights.positions); // [B, 1 + HW, D]
  const asking = all ? tokens : tf.slice(tokens, [0, 0, 0], [batch, 1, depth]); // [B, Q, D]
  const query = project(asking, weights.query, heads);
  // [B, H, Q, D/H]
  const mixed = attention(query, project(tokens, weights.key, heads), project(tokens, weights.value, heads));
  const rows = tf.reshape(all ? tf.transpose(mixed, [0, 2, 1, 3]) : mixed, [batch * asking.shape[1], depth]);
  return tf.add(tf.matMul(rows, weights.out.weight as tf.Tensor2D), weights.out.bias);
}

function project(x: tf.Tensor3D, { weight, bias }: LinearWeights<tf.Tensor>, heads: number): tf.Tensor4D {
  const [batch, count, depth] = x.shape;
  const flat = tf.add(tf.matMul(tf.reshape(x, [batch * count, depth]), weight as tf.Tensor2D), bias);
  // [B, H, N, D/H]
  return tf.transpose(tf.reshape(flat, [batch, count, heads, depth / heads]), [0, 2, 1, 3]) as tf.Tensor4D;
}
