import { encodePortable, openModel } from '@dgprompt/engine/portable';
import {
  centreCrop,
  fullPreparation,
  normalise,
  type Picture,
  type Preparation,
  resize,
  resizeShortSide,
} from '@dgprompt/images';
import { expect, it } from 'vitest';
import { imageInput } from './image-input.js';

const side = 24;

async function both(
  width: number,
  height: number,
  preparation: Preparation = { size: side },
  prepared = (picture: Picture) => centreCrop(resizeShortSide(picture, side), side),
) {
  let state = width * 31 + height;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 16807) % 2147483647;
    return state % 7 === 0 ? 255 : state % 5 === 0 ? 0 : state & 255;
  });
  const graph = { ...imageInput(preparation, 'pixels'), outputs: [{ name: 'pixels' }] };
  const model = await openModel(encodePortable(graph, { name: 'image', description: '', version: '', metadata: {} }));
  const made = await model.run({ image: { data, shape: [height, width, 3] } }, 'pixels');
  await model.dispose();
  const { mean, std } = fullPreparation(preparation);
  return { made, expected: normalise(prepared({ width, height, data }), { mean, std }) };
}

it.each([
  [24, 24],
  [24, 60],
  [61, 24],
  [100, 75],
  [333, 500],
  [7, 5],
  [1, 1],
  [3, 40],
  [1200, 700],
  [25, 24],
  [27, 24],
  [2000, 30],
  [30, 2000],
  [69, 143],
])('an image of %i × %i becomes the pixels that predict makes of it, bit for bit', async (width, height) => {
  const { made, expected } = await both(width, height);
  expect(Buffer.compare(Buffer.from(made.buffer, made.byteOffset, made.byteLength), Buffer.from(expected.buffer))).toBe(
    0,
  );
});

const other: [string, Preparation, (picture: Picture) => Picture][] = [
  [
    'squashed, with another mean',
    { size: side, resize: 'squash', mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 1] },
    picture => resize(picture, side, side),
  ],
  [
    'bilinear',
    { size: side, resize: 'squash', interpolation: 'bilinear' },
    picture => resize(picture, side, side, { interpolation: 'bilinear' }),
  ],
  [
    'a square smaller than the short side',
    { size: side, shortSide: 28 },
    picture => centreCrop(resizeShortSide(picture, 28), side),
  ],
];

it.each(other)('another preparation gives bit-identical pixels: %s', async (_, preparation, prepared) => {
  for (const [width, height] of [
    [61, 24],
    [100, 75],
    [33, 50],
  ] as const) {
    const { made, expected } = await both(width, height, preparation, prepared);
    expect(
      Buffer.compare(Buffer.from(made.buffer, made.byteOffset, made.byteLength), Buffer.from(expected.buffer)),
    ).toBe(0);
  }
});

it('a border throws one sentence', () => {
  expect(() => imageInput({ size: side, resize: 'longest' }, 'pixels')).toThrow('export with the input "pixels"');
});
