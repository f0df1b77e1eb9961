import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/** A linear classifier: logits are image features times the weight's rows, plus the bias. */
export interface GaussianClassifier {
  weight: Float32Array; // [C, e]
  bias: Float32Array; // [C]
}

/**
 * The classifier of Gaussians with a mean for each class and one covariance (linear discriminant analysis): W = μ Σ⁻¹,
 * b = −½ μ Σ⁻¹ μ; equal priors would add the same to all. The inverse is shrunk (Kubokawa & Srivastava, 2008, as in
 * Wang et al., ICLR 2024): Σ⁻¹ = e ((N − 1) Σ + tr(Σ) I)⁻¹. Zeros if no feature differs from its class's mean.
 *
 * @param views features [N, e] of the same images, view after view
 * @param labels N classes
 */
export async function gaussianClassifier(
  views: readonly Float32Array[],
  labels: ArrayLike<number>,
  classes: number,
  width: number,
): Promise<GaussianClassifier> {
  const rows = labels.length * views.length;
  const means = classMeans(views, labels, classes, width);
  const scatter = await scatterAround(means, views, labels, width); // (N − 1) Σ
  let trace = 0;
  for (let k = 0; k < width; k++) trace += scatter[k * width + k]! / (rows - 1);
  const weight = Float64Array.from(means);
  if (trace > 0) {
    for (let k = 0; k < width; k++) scatter[k * width + k]! += trace;
    solveRows(scatter, width, weight);
  }
  for (let i = 0; i < weight.length; i++) weight[i]! *= trace > 0 ? width : 0;
  const bias = new Float32Array(classes);
  for (let i = 0; i < weight.length; i++) bias[Math.floor(i / width)]! -= (weight[i]! * means[i]!) / 2;
  return { weight: Float32Array.from(weight), bias };
}

function classMeans(views: readonly Float32Array[], labels: ArrayLike<number>, classes: number, width: number) {
  const means = new Float64Array(classes * width);
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]! += views.length;
  for (const rows of views)
    for (let i = 0; i < labels.length; i++)
      for (let k = 0; k < width; k++) means[labels[i]! * width + k]! += rows[i * width + k]!;
  for (let i = 0; i < means.length; i++) means[i]! /= counts[Math.floor(i / width)]!;
  return means;
}

/** The sum of (x − μ)(x − μ)ᵀ over all features, [e, e]. */
async function scatterAround(
  means: Float64Array,
  views: readonly Float32Array[],
  labels: ArrayLike<number>,
  width: number,
): Promise<Float64Array> {
  const sum = new Float64Array(width * width);
  const product = compile((rows: tf.Tensor2D) => tf.matMul(rows, rows, true)); // [e, e]
  try {
    for (const rows of views) {
      const centred = rows.map((x, at) => x - means[labels[Math.floor(at / width)]! * width + (at % width)]!);
      const tensor = tf.tensor2d(centred, [labels.length, width]);
      const found = await product(tensor);
      const values = await found.data();
      for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
      tf.dispose([tensor, found]);
    }
  } finally {
    await product.dispose();
  }
  return sum;
}

/** Solves x A = b for each row of b in place; A is symmetric, positive definite, and overwritten. */
function solveRows(A: Float64Array, n: number, rows: Float64Array): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= A[i * n + k]! * A[j * n + k]!;
      A[i * n + j] = i === j ? Math.sqrt(sum) : sum / A[j * n + j]!; // the lower triangle becomes L of A = L·Lᵀ
    }
  for (let start = 0; start < rows.length; start += n) {
    for (let i = 0; i < n; i++) {
      let sum = rows[start + i]!;
      for (let k = 0; k < i; k++) sum -= A[i * n + k]! * rows[start + k]!;
      rows[start + i] = sum / A[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      const x = rows[start + i]! / A[i * n + i]!;
      rows[start + i] = x;
      for (let k = 0; k < i; k++) rows[start + k]! -= A[i * n + k]! * x;
    }
  }
}

/** How the Gaussians of classes without images are estimated. */
export interface NeighbourOptions {
  /** Images of other classes that are nearest to a class's text. */
  neighbours: number;
  /** Copies of the text added to them in its mean. */
  copies: number;
}

/**
 * The classifier of classes without images, from images of other classes that are close to their texts: their means are
 * those of the nearest images and copies of the text, and their inverse covariance is the mean of the shrunk ones of
 * these images around each text. With k images, each is the identity and a matrix of rank k, so that a k × k inverse is
 * enough; it is found by Newton's iteration, which a compiled graph can do.
 *
 * @param texts unit text features, [n, e]
 * @param images features of the images, [N, e]
 */
export function neighbourClassifier(
  texts: tf.Tensor2D,
  images: tf.Tensor2D,
  { neighbours, copies }: NeighbourOptions,
): { weight: tf.Tensor2D; bias: tf.Tensor1D } {
  const [n, e] = texts.shape;
  const k = Math.min(neighbours, images.shape[0]);
  const { indices } = tf.topk(tf.matMul(texts, images, false, true), k); // [n, k]
  const nearest = tf.gather(images, indices) as tf.Tensor; // [n, k, e]
  const means = tf.div(tf.add(tf.sum(nearest, 1), tf.mul(texts, copies)), k + copies) as tf.Tensor2D; // [n, e]
  const around = tf.sub(nearest, tf.expandDims(texts, 1)); // [n, k, e]
  const trace = tf.div(tf.sum(tf.square(around), [1, 2], true), k - 1); // tr(Σ), [n, 1, 1]
  const unit = tf.div(around, tf.sqrt(trace)) as tf.Tensor3D; // V: (k − 1) Σ = tr(Σ) Vᵀ V
  const inverse = inverseOfOnePlus(tf.matMul(unit, unit, false, true), k); // (I + V Vᵀ)⁻¹, [n, k, k]
  // e ((k − 1) Σ + tr(Σ) I)⁻¹ = e / tr(Σ) (I − Vᵀ (I + V Vᵀ)⁻¹ V), of which the mean is taken
  const left = tf.reshape(tf.div(unit, trace), [n * k, e]);
  const right = tf.reshape(tf.matMul(inverse, unit), [n * k, e]);
  const flat = tf.div(tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D, true), n); // [e, e]
  const scaled = tf.mul(means, tf.mean(tf.div(1, trace)));
  const weight = tf.mul(tf.sub(scaled, tf.matMul(means, flat as tf.Tensor2D)), e) as tf.Tensor2D; // [n, e]
  return { weight, bias: tf.mul(tf.sum(tf.mul(weight, means), 1), -0.5) as tf.Tensor1D };
}

/** (I + A)⁻¹ of symmetric matrices [n, k, k] whose eigenvalues are from 0 to k − 1. */
function inverseOfOnePlus(A: tf.Tensor3D, k: number): tf.Tensor3D {
  const identity = tf.cast(tf.oneHot(tf.range(0, k, 1, 'int32'), k), 'float32'); // [k, k]
  const whole = tf.add(A, identity) as tf.Tensor3D;
  let X = tf.add(tf.mul(A, 0), tf.div(identity, k)) as tf.Tensor3D; // I − (I + A) X has norm 1 − 1/k, then its square …
  const steps = Math.ceil(Math.log2(k)) + 5;
  for (let step = 0; step < steps; step++) X = tf.sub(tf.mul(X, 2), tf.matMul(X, tf.matMul(whole, X))) as tf.Tensor3D;
  return X;
}
