/**
 * Position embeddings of a vision tower for another number of patches: keeps that of the class token, if there is one,
 * and resizes those of the patches like an image of `from` × `from` points. Bicubic with antialiasing as in OpenCLIP (a
 * = -0.5, half-pixel centres, weights that sum to 1).
 *
 * @param positions [first + from², width], row-major
 * @param first 1 with a class token, else 0
 * @returns [first + to², width]
 */
export function interpolatePositions(positions: Float32Array, from: number, to: number, first = 1): Float32Array {
  const width = positions.length / (first + from * from);
  const start = first * width;
  const out = new Float32Array((first + to * to) * width);
  out.set(positions.subarray(0, start));
  const across = weights(from, to);
  const rows = new Float32Array(from * to * width); // [from, to, width]
  const patches = positions.subarray(start);
  for (let y = 0; y < from; y++)
    for (let x = 0; x < to; x++)
      for (const [source, weight] of across[x]!)
        for (let c = 0; c < width; c++)
          rows[(y * to + x) * width + c]! += weight * patches[(y * from + source) * width + c]!;
  for (let y = 0; y < to; y++)
    for (const [source, weight] of across[y]!)
      for (let i = 0; i < to * width; i++) out[start + y * to * width + i]! += weight * rows[source * to * width + i]!;
  return out;
}

/** For every target point, its source points and their weights. */
function weights(from: number, to: number): [number, number][][] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0);
    const last = Math.min(Math.trunc(centre + 2 * stretch + 0.5), from);
    const raw = Array.from({ length: last - first }, (_, k) => cubic((k + first - centre + 0.5) / stretch));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return raw.map((weight, k) => [first + k, weight / sum]);
  });
}

function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}
