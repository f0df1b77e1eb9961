import * as tf from '@tensorflow/tfjs';

/** Frozen features that a memory is built from. */
export interface MemoryShots {
  /** Unit image features of the shots, row after row, [N, e]. */
  features: ArrayLike<number>;
  /** Their N class indices, from 0; every class has at least one shot. */
  labels: ArrayLike<number>;
  /** Unit text features of the classes with shots, row after row, [C, e]. */
  texts: ArrayLike<number>;
  /** e */
  width: number;
}

export interface MemoryOptions {
  /** λ, weight of the visual evidence, at least 0. Default: 1.5 */
  strength?: number;
  /** ρ, how much classes with alike names share their evidence, above 0. Default: 1 */
  ridge?: number;
  /** Share of the frozen CLIP in the margin between seen and unseen classes, 0 to 1. Default: 0.25 */
  clipShare?: number;
}

/** Visual evidence of classes that have shots. */
export interface ClassMemory {
  /** T*, the classes' frozen text features, [C, e]. */
  texts: Float32Array;
  /** A = (k(T*, T*) + ρI)⁻¹ (P − T*), [C, e]. */
  evidence: Float32Array;
  /** μ, the mean of the shots' features, [e]. */
  mean: Float32Array;
  /** γ: an image belongs to a seen class if the best seen class leads by more. */
  margin: number;
}

/**
 * A memory of classes: what each class's shots look like, as a shift of its text feature. With P the classes' unit mean
 * features and k(a, b) = exp(⟨a, b⟩ − 1), a text feature u is shifted by D(u) = λ k(u, T*) A (kernel ridge regression
 * of P − T* on the texts). Nothing is initialised or trained; it takes one C × C solve.
 *
 * γ is found from the shots alone: each class is left out in turn, and γ is the margin that keeps as many left-out
 * shots with their class as the frozen CLIP does.
 *
 * @throws one sentence for a class without shots, labels or numbers out of range, features that are not finite
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
  const { strength, ridge, clipShare } = checked(options);
  const { features, texts, labels, width: e } = shots;
  const [C, N] = [texts.length / e, labels.length];
  checkShots(shots, C, N);
  const prototypes = unitMeans(features, labels, C, e); // [C, e]
  const kernel = new Float64Array(C * C); // k(T*, T*)
  for (let i = 0; i < C; i++)
    for (let j = 0; j <= i; j++) {
      const value = Math.exp(dot(texts, i, texts, j, e) - 1);
      kernel[i * C + j] = value;
      kernel[j * C + i] = value;
    }
  const factor = cholesky(kernel, C, ridge);
  const evidence = new Float64Array(C * e);
  for (let i = 0; i < evidence.length; i++) evidence[i] = prototypes[i]! - texts[i]!;
  solve(factor, C, evidence, e);
  const mean = new Float64Array(e);
  for (let i = 0; i < N * e; i++) mean[i % e]! += features[i]! / N;
  const margin = C < 3 ? 0 : leftOutMargin(shots, { kernel, factor, evidence, C, strength, ridge, clipShare });
  const float = (values: ArrayLike<number>) => Float32Array.from(values);
  return { texts: float(texts), evidence: float(evidence), mean: float(mean), margin };
}

/**
 * The shift of text features by a memory, D = λ k(u, T*) A.
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
 * import * as tf from '@tensorflow/tfjs';
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
      `The memory's ridge (ρ) is ${ridge}; it must be above 0, or classes with alike names cannot be told apart.`,
    );
  if (!(clipShare >= 0 && clipShare <= 1))
    throw new Error(`The memory's clipShare is ${clipShare}; it must be from 0 to 1.`);
  return { strength, ridge, clipShare };
}

function checkShots({ features, labels, width }: MemoryShots, C: number, N: number): void {
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
}

/** The mean of each class's features, normalised. */
function unitMeans(features: ArrayLike<number>, labels: ArrayLike<number>, C: number, e: number): Float64Array {
  const means = new Float64Array(C * e);
  for (let i = 0; i < labels.length; i++)
    for (let k = 0; k < e; k++) means[labels[i]! * e + k]! += features[i * e + k]!;
  for (let c = 0; c < C; c++) normalise(means, c, e);
  return means;
}

interface Solved {
  kernel: Float64Array; // [C, C]
  factor: Float64Array; // its Cholesky factor with the ridge
  evidence: Float64Array; // [C, e]
  C: number;
  strength: number;
  ridge: number;
  clipShare: number;
}

/** Of more classes, so many are left out, evenly spread. */
const mostLeftOut = 64;

/**
 * γ by leaving each class out. With B the inverse of the whole system, the evidence without class c is A − b ⊗ A_c, b =
 * B_·c / B_cc, and what the kernel makes of it K·A − (e_c − ρ B_·c) / B_cc ⊗ A_c: no new solve.
 */
function leftOutMargin({ features, labels, texts, width: e }: MemoryShots, solved: Solved): number {
  const { kernel, factor, evidence, C, strength, ridge, clipShare } = solved;
  const shifts = new Float64Array(C * e); // K·A
  for (let i = 0; i < C; i++) for (let k = 0; k < C; k++) subtract(shifts, i, evidence, k, -kernel[i * C + k]!, e);
  const margins: number[] = [];
  let known = 0; // shots that the frozen CLIP gives to their class
  const column = new Float64Array(C);
  const guided = new Float64Array(C * e);
  const step = Math.max(1, C / mostLeftOut);
  for (let at = 0; at < C; at += step) {
    const c = Math.floor(at);
    column.fill(0);
    column[c] = 1;
    solve(factor, C, column, 1); // B_·c
    for (let j = 0; j < C; j++) {
      const share = ((j === c ? 1 : 0) - ridge * column[j]!) / column[c]!;
      for (let k = 0; k < e; k++)
        guided[j * e + k] = texts[j * e + k]! + strength * (shifts[j * e + k]! - share * evidence[c * e + k]!);
      normalise(guided, j, e);
    }
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== c) continue;
      const clip = lead(features, i, texts, c, C, e);
      margins.push((1 - clipShare) * lead(features, i, guided, c, C, e) + clipShare * clip);
      if (clip > 0) known++;
    }
  }
  margins.sort((a, b) => b - a);
  return -margins[Math.min(known, margins.length - 1)]!;
}

/** By how much a class's cosine leads those of all others. */
function lead(
  x: ArrayLike<number>,
  row: number,
  classes: ArrayLike<number>,
  own: number,
  C: number,
  e: number,
): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < C; j++) if (j !== own) best = Math.max(best, dot(x, row, classes, j, e));
  return dot(x, row, classes, own, e) - best;
}

/** L of K + ρI = L·Lᵀ, row-major. */
function cholesky(kernel: Float64Array, n: number, ridge: number): Float64Array {
  const L = Float64Array.from(kernel);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = L[i * n + j]! + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      if (i > j) L[i * n + j] = sum / L[j * n + j]!;
      else if (sum > 0) L[j * n + j] = Math.sqrt(sum);
      else
        throw new Error(
          'The memory cannot be solved: the text features of some classes are the same and ρ is too small.',
        );
    }
  }
  return L;
}

/** Solves L·Lᵀ x = b in place, for `width` right sides. */
function solve(L: Float64Array, n: number, b: Float64Array, width: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(b, i, b, k, L[i * n + k]!, width);
    scale(b, i, 1 / L[i * n + i]!, width);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtract(b, i, b, k, L[k * n + i]!, width);
    scale(b, i, 1 / L[i * n + i]!, width);
  }
}

/** Row `to` of a, less a multiple of row `from` of b. */
function subtract(a: Float64Array, to: number, b: Float64Array, from: number, factor: number, width: number): void {
  const [t, f] = [to * width, from * width];
  for (let k = 0; k < width; k++) a[t + k]! -= factor * b[f + k]!;
}

function scale(b: Float64Array, row: number, factor: number, width: number): void {
  for (let c = row * width; c < (row + 1) * width; c++) b[c]! *= factor;
}

function normalise(x: Float64Array, row: number, e: number): void {
  const length = Math.sqrt(dot(x, row, x, row, e));
  if (length === 0) throw new Error(`Class ${row} has shots whose features cancel out; give other images.`);
  for (let k = row * e; k < (row + 1) * e; k++) x[k]! /= length;
}

function dot(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, e: number): number {
  let sum = 0;
  for (let k = 0; k < e; k++) sum += a[i * e + k]! * b[j * e + k]!;
  return sum;
}
