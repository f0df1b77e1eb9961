/**
 * Bit patterns of IEEE half precision → float32, exactly.
 *
 * @example
 * ```ts
 * import { float16ToFloat32 } from '@dgprompt/io';
 *
 * console.log(float16ToFloat32(Uint16Array.of(0x3c00))); // Float32Array(1) [ 1 ]
 * ```
 */
export function float16ToFloat32(half: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => widen(bits));
  const out = new Float32Array(half.length);
  for (let i = 0; i < half.length; i++) out[i] = table[half[i]!]!;
  return out;
}

let table: Float32Array | undefined;

function widen(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Bit patterns of bfloat16 → float32, exactly: bfloat16 is the upper half of a float32.
 *
 * @example
 * ```ts
 * import { bfloat16ToFloat32 } from '@dgprompt/io';
 *
 * console.log(bfloat16ToFloat32(Uint16Array.of(0x3f80))); // Float32Array(1) [ 1 ]
 * ```
 */
export function bfloat16ToFloat32(half: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(half, bits => bits << 16).buffer);
}

/**
 * float32 → bit patterns of IEEE half precision, rounded to nearest, ties to even; 65520 and above become infinite.
 *
 * @example
 * ```ts
 * import { float32ToFloat16 } from '@dgprompt/io';
 *
 * console.log(float32ToFloat16(Float32Array.of(1, 65520))); // Uint16Array(2) [ 15360, 31744 ]
 * ```
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, narrow);
}

function narrow(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more round to infinity
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴, halves are evenly spaced, 2⁻²⁴ apart.
    const value = Math.abs(new Float32Array(Uint32Array.of(bits).buffer)[0]!) * 2 ** 24;
    const floor = Math.floor(value);
    const rest = value - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rebiased = magnitude - ((127 - 15) << 23);
  return sign | ((rebiased + 0xfff + ((rebiased >> 13) & 1)) >> 13);
}

/**
 * float32 → bit patterns of bfloat16, rounded to nearest, ties to even.
 *
 * @example
 * ```ts
 * import { float32ToBfloat16 } from '@dgprompt/io';
 *
 * console.log(float32ToBfloat16(Float32Array.of(1))); // Uint16Array(1) [ 16256 ]
 * ```
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, b =>
    (b & 0x7fffffff) > 0x7f800000 ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16,
  );
}
