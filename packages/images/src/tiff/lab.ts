/** 8-bit CIELAB, a and b signed, to sRGB bytes: by the formulas, whereas Pillow interpolates in a table. */
export function writeLab(data: Uint8Array, from: number, out: Uint8Array, to: number): void {
  const l = ((data[from]! * 100) / 255 + 16) / 116;
  const signed = (byte: number) => (byte << 24) >> 24;
  const x = WHITE[0] * cube(l + signed(data[from + 1]!) / 500);
  const y = WHITE[1] * cube(l);
  const z = WHITE[2] * cube(l - signed(data[from + 2]!) / 200);
  for (let c = 0; c < 3; c++) {
    const [fromX, fromY, fromZ] = TO_SRGB[c]!;
    out[to + c] = Math.round(255 * gamma(Math.min(1, Math.max(0, fromX * x + fromY * y + fromZ * z))));
  }
}

/** White in 5,000 K daylight, and the matrix from there to sRGB's colours, whose own white is at 6,500 K. */
const WHITE = [0.9642, 1, 0.8249] as const;
const TO_SRGB = [
  [3.1341359569958707, -1.6173863321612538, -0.4906619460083532],
  [-0.978795502912089, 1.9162543567624262, 0.03344273116131949],
  [0.07195537988411677, -0.2289768264158322, 1.405386058324125],
] as const;

const cube = (t: number): number => (t > 24 / 116 ? t ** 3 : (108 / 841) * (t - 16 / 116));

const gamma = (x: number): number => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);
