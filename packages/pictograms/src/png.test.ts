import sharp from 'sharp';
import { expect, it } from 'vitest';
import { encodePng, isWholePng } from './png.js';

const side = 64;
const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919) >> 5);

it('writes a file that other programs decode to the same pixels', async () => {
  const file = await encodePng(pixels, side);
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: side, height: side, channels: 3 });
  expect(Buffer.compare(data, Buffer.from(pixels))).toBe(0);
});

it('accepts complete files', async () => {
  expect(isWholePng(await encodePng(pixels, side))).toBe(true);
});

it('rejects truncated, modified or extended files and files that are not PNG', async () => {
  const file = await encodePng(pixels, side);
  for (const length of [0, 7, 20, 100, file.length - 1]) expect(isWholePng(file.subarray(0, length))).toBe(false);
  for (const place of [0, 18, 60, file.length - 2]) {
    const changed = Buffer.from(file);
    changed[place] = changed[place]! ^ 1;
    expect(isWholePng(changed), `byte ${place}`).toBe(false);
  }
  expect(isWholePng(Buffer.concat([file, Buffer.from('x')]))).toBe(false);
  expect(isWholePng(Buffer.from('<!doctype html>'))).toBe(false);
});
