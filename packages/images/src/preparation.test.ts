import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { denormalise } from './normalise.js';
import { evalPixels } from './pixels.js';
import { fullPreparation, type Preparation, preparationName } from './preparation.js';

const moments = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 1] };

/** An arbitrary picture that Pillow can read, too. */
const picture = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => i * 7919 + ((i * i) % 251)),
    { raw: { width, height, channels: 3 } },
  )
    .png()
    .toBuffer();

/** First digits of the SHA-256 of the bytes from Pillow 13.0.0 and 12.3.0 for [37 × 23, 90 × 120]. */
const pillow: Record<string, [Preparation, string, string]> = {
  squash: [{ size: 16, resize: 'squash' }, '5fb8e88548f697c4', '5e45d568f498f0e5'],
  bilinear: [{ size: 16, interpolation: 'bilinear' }, '9af044d263ccc0ee', '5b6cc8a33ef15ee3'],
  'longest side, black border': [{ size: 16, resize: 'longest' }, '656a0e3f017ce14f', '07b0d56ed68a6e5f'],
  'longest side, grey border': [
    { size: 16, resize: 'longest', interpolation: 'bilinear', fill: 127 },
    '584bf78e098a5480',
    'f2cc96e711375aa8',
  ],
  'longest side, enlarged': [
    { size: 130, resize: 'longest', interpolation: 'bilinear' },
    'afda8f9ad3b077c3',
    'e08aca48b9c4842b',
  ],
  'a square smaller than the short side': [{ size: 16, shortSide: 20 }, 'fbf2b46cc6c35bc2', '6788f6bca62e0296'],
};

describe("a CLIP's own preparation gives Pillow's pixels", () => {
  test.each(Object.entries(pillow))('%s', async (_, [preparation, wide, tall]) => {
    const { size } = preparation;
    for (const [width, height, expected] of [
      [37, 23, wide],
      [90, 120, tall],
    ] as const) {
      const pixels = await evalPixels(await picture(width, height), { ...preparation, ...moments });
      const { data } = denormalise(pixels, size, size, moments);
      expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(expected);
    }
  });

  test('a longer side that makes the shorter one end in a half rounds it to an even number, as open_clip does', async () => {
    const white = await sharp({ create: { width: 32, height: 21, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const pixels = await evalPixels(white, { size: 16, resize: 'longest', mean: [0, 0, 0], std: [1, 1, 1] });
    expect(pixels.filter(value => value === 1).length).toBe(3 * 16 * 10); // round(10.5) in Python
  });

  test('mean and deviation are those given', async () => {
    const white = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const pixels = await evalPixels(white, { size: 2, ...moments });
    expect([...pixels]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 0.5, 0.5, 0.5, 0.5]);
  });
});

test("a preparation is named by its differences from OpenAI's models", () => {
  expect(preparationName({ size: 224 })).toBe('');
  expect(preparationName({ size: 32, resize: 'squash', mean: [0.5, 0.5, 0.5] })).toBe(
    'resize squash, mean 0.5 0.5 0.5',
  );
});

test.each([
  [{ size: 0 }, 'size is 0'],
  [{ size: 8, shortSide: 7 }, 'shortSide is 7'],
  [{ size: 8, std: [0, 1, 1] }, 'std is [0,1,1]'],
  [{ size: 8, mean: [1] }, 'mean is [1]'],
  [{ size: 8, resize: 'crop' }, 'resize is "crop"'],
  [{ size: 8, interpolation: 'lanczos' }, 'interpolation is "lanczos"'],
])('%o is rejected, naming the setting', (given, message) => {
  expect(() => fullPreparation(given as Preparation)).toThrow(message);
});
