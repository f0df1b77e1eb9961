import { expect, test } from 'vitest';
import { writeLab } from './lab.js';

/** Bytes of a TIFF in CIELAB, and the RGB that Pillow 13 computes from them by interpolation. */
const expected: [number[], number[]][] = [
  [
    [255, 0, 0],
    [254, 255, 254],
  ],
  [
    [0, 0, 0],
    [1, 0, 1],
  ],
  [
    [128, 0, 0],
    [119, 119, 119],
  ],
  [
    [136, 80, 67],
    [250, 3, 11],
  ],
  [
    [150, 20, 20],
    [183, 128, 108],
  ],
  [
    [90, 246, 10],
    [71, 87, 67],
  ],
  [
    [180, 250, 30],
    [177, 175, 117],
  ],
  [
    [200, 20, 240],
    [221, 182, 224],
  ],
];

test.each(expected)("CIELAB %j is close to Pillow's RGB", (lab, rgb) => {
  const out = new Uint8Array(3);
  writeLab(Uint8Array.from(lab), 0, out, 0);
  for (const [c, value] of rgb.entries()) expect(Math.abs(out[c]! - value)).toBeLessThanOrEqual(3);
});
