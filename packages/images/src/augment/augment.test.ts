import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../colour.js';
import * as affine from './affine.js';
import * as enhance from './enhance.js';
import { randAugment } from './rand-augment.js';
import * as tones from './tones.js';

interface Recorded {
  /** Picture, function, its parameters, digest of the result. */
  operations: [picture: 'small' | 'square', name: string, values: (number | string)[], digest: string][];
  randAugment: [string, string][];
  shiftedThenRotated: string;
}

const recorded = JSON.parse(
  readFileSync(new URL('../../fixtures/augment/pillow.json', import.meta.url), 'utf8'),
) as Recorded;

function picture(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(
        [(x * 12 + y) % 256, (40 + y * 5 + Math.floor(x / 3)) % 200, Math.floor((x * y) / 7) % 180],
        (y * width + x) * 3,
      );
  return { width, height, data };
}

const pictures = { small: picture(29, 22), square: picture(224, 224) };
const digest = ({ data }: Picture) => createHash('sha256').update(data).digest('hex').slice(0, 16);
const functions = { ...tones, ...enhance, ...affine } as unknown as Record<
  string,
  (given: Picture, ...values: (number | string)[]) => Picture
>;

describe('operations on pictures', () => {
  it.each(recorded.operations)('of Pillow: %s picture, %s %j', (on, name, values, wanted) => {
    expect(digest(functions[name]!(pictures[on], ...values))).toBe(wanted);
  });
});

describe('RandAugment', () => {
  const drawn = (place: number, sign: number) => ({ operation: (place + 0.5) / 16, sign, x: 0.25, y: 0.99 });

  it('has the operations of Dassl, at its magnitude, in both directions', () => {
    const found = recorded.randAugment.map((_, place) =>
      [0, 0.9].map(sign => digest(randAugment(pictures.square, [drawn(place, sign)]))),
    );
    expect(found).toEqual(recorded.randAugment);
  });

  it('applies one after the other', () => {
    expect(digest(randAugment(pictures.square, [drawn(14, 0), drawn(3, 0.9)]))).toBe(recorded.shiftedThenRotated);
  });

  it('shifts as far for the side of an image, whatever its size', () => {
    const bright = (side: number) => ({ width: side, height: side, data: new Uint8Array(side * side * 3).fill(200) });
    const dark = (side: number) => {
      const { data } = randAugment(bright(side), [drawn(14, 0)]);
      return data.filter(value => value === 0).length / data.length;
    };
    expect(dark(448)).toBeCloseTo(dark(224), 2);
    expect(dark(48)).toBeCloseTo(dark(224), 1);
  });
});
