/**
 * Symmetric systems (K + ρI) X = B in float64. All products are dots of contiguous rows, in tiles of 4 × 4: a tile
 * reads eight numbers for sixteen products. Rows are processed in fours, so matrices are padded: K with the identity, B
 * with zeros.
 */

/** The next multiple of the tile's side. */
export const padded = (n: number): number => 4 * Math.ceil(n / 4);

/** Rows [n, width] as float64, with rows and columns of zeros up to multiples of four. */
export function paddedRows(values: ArrayLike<number>, n: number, width: number): Float64Array {
  const to = padded(width);
  const rows = new Float64Array(padded(n) * to);
  for (let i = 0; i < n; i++) for (let k = 0; k < width; k++) rows[i * to + k] = values[i * width + k]!;
  return rows;
}

/** Writes the dots of four rows of a with four rows of b, from column `from` to `to`, into `out` row by row. */
export function tile(
  a: Float64Array,
  rowA: number,
  b: Float64Array,
  rowB: number,
  width: number,
  [from, to]: readonly [number, number],
  out: Float64Array, // [4, 4]
): void {
  const [a0, b0] = [rowA * width, rowB * width];
  const [a1, a2, a3] = [a0 + width, a0 + 2 * width, a0 + 3 * width];
  const [b1, b2, b3] = [b0 + width, b0 + 2 * width, b0 + 3 * width];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = from; k < to; k++) {
    const x0 = a[a0 + k]!;
    const x1 = a[a1 + k]!;
    const x2 = a[a2 + k]!;
    const x3 = a[a3 + k]!;
    const y0 = b[b0 + k]!;
    const y1 = b[b1 + k]!;
    const y2 = b[b2 + k]!;
    const y3 = b[b3 + k]!;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s23 += x2 * y3;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
    s33 += x3 * y3;
  }
  out[0] = s00;
  out[1] = s01;
  out[2] = s02;
  out[3] = s03;
  out[4] = s10;
  out[5] = s11;
  out[6] = s12;
  out[7] = s13;
  out[8] = s20;
  out[9] = s21;
  out[10] = s22;
  out[11] = s23;
  out[12] = s30;
  out[13] = s31;
  out[14] = s32;
  out[15] = s33;
}

/** A Cholesky factor, K + ρI = L·Lᵀ, and its transpose, whose rows back substitution reads. */
export interface Factor {
  lower: Float64Array; // [n, n], n a multiple of four
  upper: Float64Array; // [n, n]
  n: number;
}

/**
 * Factorises a symmetric, positive definite matrix in place.
 *
 * @param matrix padded, [n, n]; its lower triangle is read and replaced
 * @returns undefined if it is singular
 */
export function cholesky(matrix: Float64Array, n: number): Factor | undefined {
  const L = matrix;
  const dots = new Float64Array(16);
  for (let j0 = 0; j0 < n; j0 += 4)
    for (let i0 = j0; i0 < n; i0 += 4) {
      tile(L, i0, L, j0, n, [0, j0], dots);
      for (let c = 0; c < 4; c++)
        for (let r = i0 === j0 ? c : 0; r < 4; r++) {
          const [i, j] = [i0 + r, j0 + c];
          let sum = L[i * n + j]! - dots[4 * r + c]!;
          for (let k = j0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
          if (i > j) L[i * n + j] = sum / L[j * n + j]!;
          else if (sum > 0) L[j * n + j] = Math.sqrt(sum);
          else return undefined;
        }
    }
  const upper = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) upper[j * n + i] = L[i * n + j]!;
  return { lower: L, upper, n };
}

/** Solves L·Lᵀ x = b in place for each row b of a padded matrix [rows, n]. */
export function solveRows({ lower, upper, n }: Factor, b: Float64Array): void {
  const dots = new Float64Array(16);
  for (let r0 = 0; r0 < b.length / n; r0 += 4) {
    for (let i0 = 0; i0 < n; i0 += 4) {
      tile(lower, i0, b, r0, n, [0, i0], dots);
      for (let c = 0; c < 4; c++) solveColumn(lower, b, { i: i0 + c, r0, n, from: i0, to: i0 + c }, dots, c);
    }
    for (let i0 = n - 4; i0 >= 0; i0 -= 4) {
      tile(upper, i0, b, r0, n, [i0 + 4, n], dots);
      for (let c = 3; c >= 0; c--) solveColumn(upper, b, { i: i0 + c, r0, n, from: i0 + c + 1, to: i0 + 4 }, dots, c);
    }
  }
}

/** Solves one unknown of four rows, from the tile's dots and the unknowns of the tile solved so far. */
function solveColumn(
  L: Float64Array,
  b: Float64Array,
  { i, r0, n, from, to }: { i: number; r0: number; n: number; from: number; to: number },
  dots: Float64Array,
  c: number,
): void {
  for (let r = 0; r < 4; r++) {
    const row = (r0 + r) * n;
    let sum = b[row + i]! - dots[4 * c + r]!;
    for (let k = from; k < to; k++) sum -= L[i * n + k]! * b[row + k]!;
    b[row + i] = sum / L[i * n + i]!;
  }
}
