/*
 * The inverse cosine transform of libjpeg's default, bit for bit: integers with thirteen fractional bits and two passes
 * (Loeffler, Ligtenberg and Moschytz, 1989).
 */

const BITS = 13;
const PASS_BITS = 2;
const fixed = (x: number): number => Math.round(x * 2 ** BITS);

const F_0_298 = fixed(0.298631336);
const F_0_390 = fixed(0.390180644);
const F_0_541 = fixed(0.5411961);
const F_0_765 = fixed(0.765366865);
const F_0_899 = fixed(0.899976223);
const F_1_175 = fixed(1.175875602);
const F_1_501 = fixed(1.50132111);
const F_1_847 = fixed(1.847759065);
const F_1_961 = fixed(1.96157056);
const F_2_053 = fixed(2.053119869);
const F_2_562 = fixed(2.562915447);
const F_3_072 = fixed(3.072711026);

const work = new Int32Array(64);
const line = new Int32Array(8);

/**
 * Writes the pixels of a block of coefficients.
 *
 * @param block 64 coefficients in rows, times their quantisation
 * @param out plane of bytes
 * @param at position of the block's first pixel
 * @param stride of the plane
 */
export function inverseCosines(block: Int32Array, out: Uint8Array, at: number, stride: number): void {
  for (let x = 0; x < 8; x++) {
    transform(block, x, 8);
    for (let y = 0; y < 8; y++) work[y * 8 + x] = descale(line[y]!, BITS - PASS_BITS);
  }
  for (let y = 0; y < 8; y++) {
    transform(work, y * 8, 1);
    for (let x = 0; x < 8; x++) {
      const value = descale(line[x]!, BITS + PASS_BITS + 3) + 128;
      out[at + y * stride + x] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}

const descale = (x: number, bits: number): number => (x + (1 << (bits - 1))) >> bits;
const mul = Math.imul;

/** Eight values, scaled by 2 ** BITS, into `line`. */
function transform(data: Int32Array, at: number, step: number): void {
  const d = (i: number) => data[at + i * step]!;
  const z1 = mul(d(2) + d(6), F_0_541);
  const even2 = (z1 - mul(d(6), F_1_847)) | 0;
  const even3 = (z1 + mul(d(2), F_0_765)) | 0;
  const even0 = (d(0) + d(4)) << BITS;
  const even1 = (d(0) - d(4)) << BITS;
  const [a0, a3, a1, a2] = [even0 + even3, even0 - even3, even1 + even2, even1 - even2];

  const [o0, o1, o2, o3] = [d(7), d(5), d(3), d(1)];
  const z5 = mul(o0 + o2 + o1 + o3, F_1_175);
  const y1 = -mul(o0 + o3, F_0_899);
  const y2 = -mul(o1 + o2, F_2_562);
  const y3 = (z5 - mul(o0 + o2, F_1_961)) | 0;
  const y4 = (z5 - mul(o1 + o3, F_0_390)) | 0;
  const b0 = mul(o0, F_0_298) + y1 + y3;
  const b1 = mul(o1, F_2_053) + y2 + y4;
  const b2 = mul(o2, F_3_072) + y2 + y3;
  const b3 = mul(o3, F_1_501) + y1 + y4;
  line[0] = a0 + b3;
  line[7] = a0 - b3;
  line[1] = a1 + b2;
  line[6] = a1 - b2;
  line[2] = a2 + b1;
  line[5] = a2 - b1;
  line[3] = a3 + b0;
  line[4] = a3 - b0;
}
