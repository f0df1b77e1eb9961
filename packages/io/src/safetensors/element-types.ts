import { bfloat16ToFloat32, float16ToFloat32 } from '../half.js';

/**
 * Element types by safetensors name: bytes per element, and the conversion to float32 (integers are exact up to 2²⁴).
 */
export const ELEMENT_TYPES: Record<string, { bytes: number; widen(buffer: ArrayBuffer): Float32Array }> = {
  F64: { bytes: 8, widen: buffer => Float32Array.from(new Float64Array(buffer)) },
  F32: { bytes: 4, widen: buffer => new Float32Array(buffer) },
  F16: { bytes: 2, widen: buffer => float16ToFloat32(new Uint16Array(buffer)) },
  BF16: { bytes: 2, widen: buffer => bfloat16ToFloat32(new Uint16Array(buffer)) },
  F8_E4M3: { bytes: 1, widen: buffer => e4m3ToFloat32(new Uint8Array(buffer)) },
  // the upper bytes of halves
  F8_E5M2: { bytes: 1, widen: buffer => float16ToFloat32(Uint16Array.from(new Uint8Array(buffer), bits => bits << 8)) },
  I64: { bytes: 8, widen: buffer => Float32Array.from(new BigInt64Array(buffer), Number) },
  I32: { bytes: 4, widen: buffer => Float32Array.from(new Int32Array(buffer)) },
  I16: { bytes: 2, widen: buffer => Float32Array.from(new Int16Array(buffer)) },
  I8: { bytes: 1, widen: buffer => Float32Array.from(new Int8Array(buffer)) },
  U64: { bytes: 8, widen: buffer => Float32Array.from(new BigUint64Array(buffer), Number) },
  U32: { bytes: 4, widen: buffer => Float32Array.from(new Uint32Array(buffer)) },
  U16: { bytes: 2, widen: buffer => Float32Array.from(new Uint16Array(buffer)) },
  U8: { bytes: 1, widen: buffer => Float32Array.from(new Uint8Array(buffer)) },
  BOOL: { bytes: 1, widen: buffer => Float32Array.from(new Uint8Array(buffer)) },
};

function e4m3ToFloat32(bytes: Uint8Array): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, bits) => fromE4m3(bits));
  const out = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = table[bytes[i]!]!;
  return out;
}

/** Four bits of exponent and three of fraction; no infinities, and the largest pattern is NaN. */
function fromE4m3(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 15 && fraction === 7) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}
