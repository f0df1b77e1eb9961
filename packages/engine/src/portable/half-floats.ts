/** IEEE half precision bits, rounded to the nearest, ties to even; too large becomes the largest finite number. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, narrow);
}

function narrow(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴ halves are spaced evenly, 2⁻²⁴ apart.
    const value = Math.abs(new Float32Array(Uint32Array.of(bits).buffer)[0]!) * 2 ** 24;
    const floor = Math.floor(value);
    const rest = value - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rebiased = magnitude - ((127 - 15) << 23);
  return sign | ((rebiased + 0xfff + ((rebiased >> 13) & 1)) >> 13);
}

/** The values of half-precision bits. */
export const float16ToFloat32 = (halves: Uint16Array): Float32Array => Float32Array.from(halves, widen);

function widen(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
export const bfloat16ToFloat32 = (halves: Uint16Array): Float32Array =>
  new Float32Array(Uint32Array.from(halves, bits => bits << 16).buffer);
