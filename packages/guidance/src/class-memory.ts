import * as tf from '@tensorflow/tfjs-core';
import { leftOutMargin } from './left-out-margin.js';
import type { MemoryOptions, MemoryShots } from './memory-shots.js';
import { cholesky, padded, paddedRows, solveRows, tile } from './ridge-system.js';

/** Visual evidence for classes that have shots. */
export interface ClassMemory {
  /** T*, the classes' frozen text features, [C, e]. */
  texts: Float32Array;
  /** A = (k(T*, T*) + ρI)⁻¹ (P − T*), [C, e]. */
  evidence: Float32Array;
  /** μ, the mean of the shots' features, [e]. */
  mean: Float32Array;
  /** γ: an image belongs to a seen class if the best seen class leads by more. Computed on first access. */
  readonly margin: number;
}

/**
 * A memory of classes: the appearance of each class's shots, as a shift of its text feature. With P the classes' unit
 * mean features and k(a, b) = exp(⟨a, b⟩ − 1), a text feature u is shifted by D(u) = λ k(u, T*) A (kernel ridge
 * regression of P − T* on the texts). Nothing is initialised or trained; it takes one C × C solve.
 *
 * γ is computed from the shots alone: each class is left out in turn, and γ is the margin that assigns one more
 * left-out shot to its class than the frozen CLIP does, or all of them.
 *
 * @throws one sentence for a class without shots, labels or numbers out of range, or features that are not finite
 *
 * @example
 * ```ts
 * import { classMemory } from '@dgprompt/guidance';
 *
 * const { evidence } = classMemory({
 *   features: [0.6, 0.8, 0, 1],
 *   labels: [0, 1],
 *   texts: [1, 0, 0, 1],
 *   width: 2,
 * });
 * console.log([...evidence].map(x => x.toFixed(2))); // [ '-0.21', '0.41', '0.04', '-0.08' ]
 * ```
 */
export function classMemory(shots: MemoryShots, options: MemoryOptions = {}): ClassMemory {
  const settings = checked(options);
  const { features, texts, labels, width: e } = shots;
  const [C, N] = [texts.length / e, labels.length];
  checkShots(shots, C, N);
  const prototypes = unitMeans(features, labels, C, e); // [C, e]
  const n = padded(C);
  const factor = cholesky(ridgeKernel(texts, C, e, settings.ridge), n);
  if (!factor)
    throw new Error('The memory cannot be solved: the text features of some classes are the same and ρ is too small.');
  const columns = new Float64Array(padded(e) * n); // Aᵀ, [e, C]
  for (let i = 0; i < C; i++)
    for (let k = 0; k < e; k++) columns[k * n + i] = prototypes[i * e + k]! - texts[i * e + k]!;
  solveRows(factor, columns);
  const evidence = new Float64Array(C * e);
  for (let i = 0; i < C; i++) for (let k = 0; k < e; k++) evidence[i * e + k] = columns[k * n + i]!;
  const mean = new Float64Array(e);
  for (let i = 0; i < N; i++) for (let k = 0; k < e; k++) mean[k]! += features[i * e + k]! / N;
  let margin = C < 3 ? 0 : undefined;
  return {
    texts: Float32Array.from(texts),
    evidence: Float32Array.from(evidence),
    mean: Float32Array.from(mean),
    get margin() {
      margin ??= leftOutMargin(shots, { factor, evidence, prototypes, C, ...settings });
      return margin;
    },
  };
}

/** k(T*, T*) + ρI, padded with the identity. */
function ridgeKernel(texts: ArrayLike<number>, C: number, e: number, ridge: number): Float64Array {
  const rows = paddedRows(texts, C, e);
  const [n, width] = [padded(C), padded(e)];
  const kernel = new Float64Array(n * n); // its lower triangle
  const dots = new Float64Array(16);
  for (let i0 = 0; i0 < n; i0 += 4)
    for (let j0 = 0; j0 <= i0; j0 += 4) {
      tile(rows, i0, rows, j0, width, [0, width], dots);
      for (let r = 0; r < 4; r++)
        for (let c = 0; c < 4; c++) {
          const [i, j] = [i0 + r, j0 + c];
          const value = i < C && j < C ? Math.exp(dots[4 * r + c]! - 1) : 0;
          kernel[i * n + j] = i !== j ? value : i < C ? value + ridge : 1;
        }
    }
  return kernel;
}

/**
 * A memory's shift of text features, D = λ k(u, T*) A.
 *
 * @param texts unit text features of the memory's classes, [C, e]
 * @param evidence A, [C, e]
 * @param of unit frozen text features of any classes, [n, e]
 * @param strength λ
 * @returns [n, e]
 *
 * @example
 * ```ts
 * import { memoryShift } from '@dgprompt/guidance';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const texts = tf.tensor2d([[1, 0], [0, 1]]);
 * const evidence = tf.tensor2d([[0, 0.5], [0, 0]]);
 * console.log(memoryShift(texts, evidence, tf.tensor2d([[1, 0]]), 2).arraySync()); // [ [ 0, 1 ] ]
 * ```
 */
export function memoryShift(texts: tf.Tensor2D, evidence: tf.Tensor2D, of: tf.Tensor2D, strength: number): tf.Tensor2D {
  const affinity = tf.exp(tf.sub(tf.matMul(of, texts, false, true), 1)); // [n, C]
  return tf.mul(tf.matMul(affinity, evidence), strength) as tf.Tensor2D;
}

function checked({ strength = 1.5, ridge = 1, clipShare = 0.25 }: MemoryOptions): Required<MemoryOptions> {
  if (!(Number.isFinite(strength) && strength >= 0))
    throw new Error(`The memory's strength (λ) is ${strength}; it must be a number of at least 0.`);
  if (!(Number.isFinite(ridge) && ridge > 0))
    throw new Error(
      `The memory's ridge (ρ) is ${ridge}; it must be above 0, or classes with similar names cannot be distinguished.`,
    );
  if (!(clipShare >= 0 && clipShare <= 1))
    throw new Error(`The memory's clipShare is ${clipShare}; it must be from 0 to 1.`);
  return { strength, ridge, clipShare };
}

function checkShots({ features, labels, texts, width }: MemoryShots, C: number, N: number): void {
  if (!Number.isInteger(C) || features.length !== N * width)
    throw new Error(`A memory of ${N} shots needs ${N} × ${width} features and a whole number of texts.`);
  const counts = new Array<number>(C).fill(0);
  for (let i = 0; i < N; i++) {
    if (!(labels[i]! >= 0 && labels[i]! < C))
      throw new Error(`A shot has label ${labels[i]}, and there are ${C} classes.`);
    counts[labels[i]!]!++;
  }
  const empty = counts.indexOf(0);
  if (empty >= 0) throw new Error(`Class ${empty} has no shots; a memory needs at least one of every class.`);
  for (let i = 0; i < features.length; i++)
    if (!Number.isFinite(features[i])) throw new Error(`The features of shot ${Math.floor(i / width)} are not finite.`);
  for (let i = 0; i < texts.length; i++)
    if (!Number.isFinite(texts[i]))
      throw new Error(`The text features of class ${Math.floor(i / width)} are not finite.`);
}

/** The mean of each class's features, normalised. */
function unitMeans(features: ArrayLike<number>, labels: ArrayLike<number>, C: number, e: number): Float64Array {
  const means = new Float64Array(C * e);
  for (let i = 0; i < labels.length; i++)
    for (let k = 0; k < e; k++) means[labels[i]! * e + k]! += features[i * e + k]!;
  for (let c = 0; c < C; c++) normalise(means, c, e);
  return means;
}

function normalise(x: Float64Array, row: number, e: number): void {
  let sum = 0;
  for (let k = row * e; k < (row + 1) * e; k++) sum += x[k]! * x[k]!;
  if (sum === 0) throw new Error(`Class ${row} has shots whose features cancel out; give other images.`);
  for (let k = row * e; k < (row + 1) * e; k++) x[k]! /= Math.sqrt(sum);
}
