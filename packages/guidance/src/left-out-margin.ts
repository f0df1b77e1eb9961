import type { MemoryOptions, MemoryShots } from './memory-shots.js';
import { type Factor, padded, paddedRows, solveRows, tile } from './ridge-system.js';

/** A solved memory. */
interface Solved extends Required<MemoryOptions> {
  factor: Factor;
  evidence: Float64Array; // A, [C, e]
  prototypes: Float64Array; // P, [C, e]
  C: number;
}

/** Maximum number of classes to leave out; with more classes, evenly spread ones. */
const mostLeftOut = 64;

/**
 * γ by leaving each class out. With B the inverse of the full system, the evidence without class c is A − b ⊗ A_c, b =
 * B_·c / B_cc, and its product with the kernel is K·A − (e_c − ρ B_·c) / B_cc ⊗ A_c, with K·A = P − T* − ρA: no new
 * solve is needed.
 */
export function leftOutMargin({ features, labels, texts, width: e }: MemoryShots, solved: Solved): number {
  const { factor, evidence, prototypes, C, strength, ridge, clipShare } = solved;
  const { n } = factor;
  const width = padded(e);
  const left = leftOutClasses(C);
  const inverse = new Float64Array(padded(left.length) * n); // B_c·, [left out, C]
  left.forEach((c, at) => {
    inverse[at * n + c] = 1;
  });
  solveRows(factor, inverse);
  const plain = paddedRows(texts, C, e); // [C, e]
  const guided = new Float64Array(plain.length); // likewise
  const margins: number[] = [];
  let known = 0; // shots that the frozen CLIP assigns to their class
  for (const [at, c] of left.entries()) {
    const own = inverse.subarray(at * n, (at + 1) * n);
    for (let j = 0; j < C; j++) {
      const share = ((j === c ? 1 : 0) - ridge * own[j]!) / own[c]!;
      let square = 0;
      for (let k = 0; k < e; k++) {
        const shift = prototypes[j * e + k]! - texts[j * e + k]! - ridge * evidence[j * e + k]!; // K·A
        const value = texts[j * e + k]! + strength * (shift - share * evidence[c * e + k]!);
        guided[j * width + k] = value;
        square += value * value;
      }
      const length = Math.sqrt(square);
      for (let k = 0; k < e; k++) guided[j * width + k]! /= length;
    }
    const of = rowsOf(features, labels, c, e);
    const count = of.length / e;
    const images = paddedRows(of, count, e);
    const clip = leads(images, plain, c, { C, count, width });
    const memory = leads(images, guided, c, { C, count, width });
    clip.forEach((lead, i) => {
      margins.push((1 - clipShare) * memory[i]! + clipShare * lead);
      if (lead > 0) known++;
    });
  }
  margins.sort((a, b) => b - a);
  return -margins[Math.min(known, margins.length - 1)]!;
}

function leftOutClasses(C: number): number[] {
  const step = Math.max(1, C / mostLeftOut);
  const classes: number[] = [];
  for (let at = 0; at < C; at += step) classes.push(Math.floor(at));
  return classes;
}

/** The features of a class's shots, row by row. */
function rowsOf(features: ArrayLike<number>, labels: ArrayLike<number>, c: number, e: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < labels.length; i++)
    if (labels[i] === c) for (let k = 0; k < e; k++) rows.push(features[i * e + k]!);
  return rows;
}

/** The lead of a class's cosine over those of all others, for each image. */
function leads(
  images: Float64Array,
  classes: Float64Array,
  own: number,
  { C, count, width }: { C: number; count: number; width: number },
): number[] {
  const best = new Array<number>(padded(count)).fill(Number.NEGATIVE_INFINITY);
  const ofOwn = new Array<number>(padded(count)).fill(0);
  const dots = new Float64Array(16);
  for (let i0 = 0; i0 < count; i0 += 4)
    for (let j0 = 0; j0 < C; j0 += 4) {
      tile(images, i0, classes, j0, width, [0, width], dots);
      for (let r = 0; r < 4; r++)
        for (let c = 0; c < 4 && j0 + c < C; c++) {
          const value = dots[4 * r + c]!;
          if (j0 + c === own) ofOwn[i0 + r] = value;
          else best[i0 + r] = Math.max(best[i0 + r]!, value);
        }
    }
  return Array.from({ length: count }, (_, i) => ofOwn[i]! - best[i]!);
}
