/** Side of the grey picture that both hashes use. */
const greySide = 32;

/** Bytes of a perceptual hash. */
export const hashBytes = 16;

/**
 * Two drawings whose hashes differ in at most this many of their 128 bits count as the same drawing.
 *
 * Chosen by looking at pairs of pretraining and task pictures: up to this distance, nearly all pairs are the same
 * drawing, redone or recoloured.
 */
export const nearDuplicateThreshold = 16;

/**
 * A hash of a drawing's appearance that ignores size and margin and changes little after small edits: 64 bits for which
 * neighbours are lighter (dHash), and 64 bits for which low frequencies are above their median (pHash), both of the
 * drawing on white, cropped to its ink.
 *
 * @param pixels straight RGBA bytes, side × side × 4
 * @param side at least 32
 * @returns 16 bytes
 *
 * @example
 * ```ts
 * import { perceptualHash } from '@dgprompt/pictograms';
 *
 * const square = (side: number) => new Uint8Array(side * side * 4).map((_, i) => (i % 4 === 3 ? 255 : 0));
 * const isEqual = perceptualHash(square(32), 32).join() === perceptualHash(square(64), 64).join();
 * console.log(isEqual); // true
 * ```
 */
export function perceptualHash(pixels: Uint8Array, side: number): Uint8Array {
  const grey = greyOnWhite(pixels, side); // [32, 32]
  const hash = new Uint8Array(hashBytes);
  const set = (bit: number) => {
    hash[bit >> 3]! |= 1 << (bit & 7);
  };
  const small = shrink(grey, 9, 8); // [8, 9]
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) if (small[y * 9 + x]! > small[y * 9 + x + 1]! + 0.5) set(y * 8 + x);
  }
  const waves = lowFrequencies(grey); // [8, 8]
  const median = [...waves.slice(1)].sort((a, b) => a - b)[31]!;
  for (let i = 1; i < 64; i++) if (waves[i]! > median) set(64 + i);
  return hash;
}

/** Number of bits in which two hashes differ. */
export function hashDistance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < hashBytes; i++) {
    for (let rest = a[i]! ^ b[i]!; rest > 0; rest &= rest - 1) bits++;
  }
  return bits;
}

/**
 * Distance to the nearest of many hashes.
 *
 * @param hashes 16 bytes each, concatenated, as in `pretraining-hashes.bin`
 */
export function nearestDistance(hash: Uint8Array, hashes: Uint8Array): number {
  let nearest = 8 * hashBytes;
  for (let at = 0; at < hashes.length && nearest > 0; at += hashBytes) {
    nearest = Math.min(nearest, hashDistance(hash, hashes.subarray(at, at + hashBytes)));
  }
  return nearest;
}

/** The drawing, cropped to the square around its ink and averaged down to 32 × 32 grey levels in 0…255. */
function greyOnWhite(pixels: Uint8Array, side: number): Float64Array {
  let left = side;
  let right = -1;
  let top = side;
  let bottom = -1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (pixels[(y * side + x) * 4 + 3]! < 32) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) [left, right, top, bottom] = [0, side - 1, 0, side - 1];
  const span = Math.max(right - left, bottom - top) + 1;
  const [x0, y0] = [(left + right + 1 - span) / 2, (top + bottom + 1 - span) / 2];
  const samples = 3;
  const step = span / (greySide * samples);
  const grey = new Float64Array(greySide * greySide);
  for (let y = 0; y < greySide * samples; y++) {
    for (let x = 0; x < greySide * samples; x++) {
      const sx = Math.floor(x0 + (x + 0.5) * step);
      const sy = Math.floor(y0 + (y + 0.5) * step);
      let value = 255;
      if (sx >= 0 && sy >= 0 && sx < side && sy < side) {
        const i = (sy * side + sx) * 4;
        const alpha = pixels[i + 3]! / 255;
        const light = 0.299 * pixels[i]! + 0.587 * pixels[i + 1]! + 0.114 * pixels[i + 2]!;
        value = light * alpha + 255 * (1 - alpha);
      }
      grey[Math.floor(y / samples) * greySide + Math.floor(x / samples)]! += value / samples ** 2;
    }
  }
  return grey;
}

/** Averages 32 × 32 down to [height, width]. */
function shrink(grey: Float64Array, width: number, height: number): Float64Array {
  const out = new Float64Array(width * height);
  const counts = new Float64Array(width * height);
  for (let y = 0; y < greySide; y++) {
    for (let x = 0; x < greySide; x++) {
      const o = Math.floor((y * height) / greySide) * width + Math.floor((x * width) / greySide);
      out[o]! += grey[y * greySide + x]!;
      counts[o]!++;
    }
  }
  return out.map((v, i) => v / counts[i]!);
}

/** The 8 × 8 lowest frequencies of the cosine transform. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(greySide * 8); // [32, 8]
  for (let y = 0; y < greySide; y++) {
    for (let u = 0; u < 8; u++) {
      for (let x = 0; x < greySide; x++) rows[y * 8 + u]! += grey[y * greySide + x]! * wave(u, x);
    }
  }
  const out = new Float64Array(64);
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      for (let y = 0; y < greySide; y++) out[v * 8 + u]! += rows[y * 8 + u]! * wave(v, y);
    }
  }
  return out;
}

const waves = Float64Array.from({ length: 8 * greySide }, (_, i) =>
  Math.cos((Math.PI * Math.floor(i / greySide) * ((i % greySide) + 0.5)) / greySide),
);

const wave = (frequency: number, place: number): number => waves[frequency * greySide + place]!;
