import { describe, expect, it } from 'vitest';
import type { Picture } from '../colour.js';
import { rotated, shifted } from './affine.js';
import { augMix, drawAugMix } from './aug-mix.js';
import { equalized } from './tones.js';

const side = 60;
const picture: Picture = {
  width: side,
  height: side,
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 37 + Math.floor(i / 180) * 11) % 256),
};
const values = ({ data }: Picture) => Float32Array.from(data);
const operation = (place: number, level = 1, sign = 0) => ({ operation: (place + 0.5) / 9, level, sign });

/** mulberry32 */
function numbers(state: number) {
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

describe('AugMix', () => {
  it('mixes the picture with the weighted results of its chains', () => {
    const chains = [[operation(1)], [operation(3), operation(7, 1, 0.9)], [operation(3, 0)]];
    const mixed = augMix(picture, { weights: [0.5, 0.3, 0.2], unchanged: 0.4, chains }, values);
    const turned = shifted(rotated(picture, 3, 'bilinear'), -2, 0, 'bilinear'); // a third of the side, times a tenth
    const flat = equalized(picture); // and the last chain turns by 0 degrees
    const wanted = values(picture).map(
      (own, i) => 0.4 * own + 0.6 * (0.5 * flat.data[i]! + 0.3 * turned.data[i]! + 0.2 * own),
    );
    expect(Math.max(...mixed.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-3);
  });

  it('draws shares that add up to 1, and chains of one to three operations', () => {
    const random = numbers(1);
    const draws = Array.from({ length: 3000 }, () => drawAugMix(random));
    for (const { weights } of draws) expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10);
    const mean = (of: number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
    const spread = (of: number[]) => mean(of.map(one => (one - mean(of)) ** 2));
    const first = draws.map(({ weights }) => weights[0]!);
    expect(mean(first)).toBeCloseTo(1 / 3, 1);
    expect(spread(first)).toBeCloseTo(1 / 18, 2); // Dirichlet(1, 1, 1)
    expect(mean(draws.map(({ unchanged }) => unchanged))).toBeCloseTo(0.5, 1);
    const lengths = draws.flatMap(({ chains }) => chains.map(({ length }) => length));
    for (const length of [1, 2, 3]) expect(mean(lengths.map(one => Number(one === length)))).toBeCloseTo(1 / 3, 1);
  });
});
