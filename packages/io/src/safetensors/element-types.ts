import { bfloat16ToFloat32, float16ToFloat32 } from '../half.js';

/**
 * Element types by safetensors name: bytes per element, and the conversion to float32 (integers are exact up to 2²⁴).
 */
export const ELEMENT_TYPES: Record<string, { bytes: number; widen(buffer: ArrayBuffer): Float32Array }> = {
  F64: { bytes: 8, widen: buffer => Float32Array.from(new Float64Array(buffer)) },
  F32: { bytes: 4, widen: buffer => new Float32Array(buffer) },
  F16: { bytes: 2, widen: buffer => float16ToFloat32(new Uint16Array(buffer)) },
  BF16: { bytes: 2, widen: buffer => bfloat16ToFloat32(new Uint16Array(buffer)) },
  I64: { bytes: 8, widen: buffer => Float32Array.from(new BigInt64Array(buffer), Number) },
  I32: { bytes: 4, widen: buffer => Float32Array.from(new Int32Array(buffer)) },
  I16: { bytes: 2, widen: buffer => Float32Array.from(new Int16Array(buffer)) },
  I8: { bytes: 1, widen: buffer => Float32Array.from(new Int8Array(buffer)) },
  U8: { bytes: 1, widen: buffer => Float32Array.from(new Uint8Array(buffer)) },
  BOOL: { bytes: 1, widen: buffer => Float32Array.from(new Uint8Array(buffer)) },
};
