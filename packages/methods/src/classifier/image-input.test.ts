import { encodePortable, openModel } from '@dgprompt/engine/portable';
import { centreCrop, normalise, resizeShortSide } from '@dgprompt/images';
import { expect, it } from 'vitest';
import { imageInput } from './image-input.js';

const side = 24;

async function both(width: number, height: number) {
  let state = width * 31 + height;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 16807) % 2147483647;
    return state % 7 === 0 ? 255 : state % 5 === 0 ? 0 : state & 255;
  });
  const graph = { ...imageInput(side, 'pixels'), outputs: [{ name: 'pixels' }] };
  const model = await openModel(encodePortable(graph, { name: 'image', description: '', version: '', metadata: {} }));
  const made = await model.run({ image: { data, shape: [height, width, 3] } }, 'pixels');
  await model.dispose();
  return { made, expected: normalise(centreCrop(resizeShortSide({ width, height, data }, side), side)) };
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
])('an image of %i × %i becomes the pixels that predict makes of it, bit for bit', async (width, height) => {
  const { made, expected } = await both(width, height);
  expect(Buffer.compare(Buffer.from(made.buffer, made.byteOffset, made.byteLength), Buffer.from(expected.buffer))).toBe(
    0,
  );
});
