import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decode } from '../decode.js';
import { canDecodePng, decodePng } from './decode-png.js';

const [width, height] = [19, 11];
const noise = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * i * 37 + i * 11) & 255);
const raw = (channels: 1 | 2 | 3 | 4) => sharp(noise(width * height * channels), { raw: { width, height, channels } });
const raw16 = (channels: 1 | 3 | 4) =>
  sharp(new Uint16Array(noise(width * height * channels * 2).buffer), { raw: { width, height, channels } });

test.each([
  ['colour', () => raw(3).png()],
  ['transparent colour', () => raw(4).png()],
  ['interlaced', () => raw(4).png({ progressive: true })],
  ['a palette', () => raw(3).png({ palette: true })],
  ['a palette of two bits', () => raw(3).png({ palette: true, colours: 4 })],
  ['a transparent palette', () => raw(4).png({ palette: true })],
  ['grey', () => raw(1).toColourspace('b-w').png()],
  ['transparent grey', () => raw(2).toColourspace('b-w').png()],
  ['16-bit colour', () => raw16(3).toColourspace('rgb16').png()],
  ['16-bit colour with alpha', () => raw16(4).toColourspace('rgb16').png()],
  ['16-bit grey', () => raw16(1).toColourspace('grey16').png()],
])('%s gives the same pixels as in Node', async (_, make) => {
  const file = await make().toBuffer();
  expect(canDecodePng(file)).toBe(true);
  const ours = decodePng(file);
  const theirs = await decode(file);
  expect([ours.width, ours.height]).toEqual([width, height]);
  expect(Buffer.from(ours.data).equals(Buffer.from(theirs.data))).toBe(true);
});

test('a truncated or damaged file is rejected', async () => {
  const file = await raw(3).png().toBuffer();
  for (const length of [10, 40, file.length - 20])
    expect(() => decodePng(file.subarray(0, length))).toThrow(/^the PNG is (cut short|damaged)$/);
  const damaged = Buffer.from(file);
  damaged[60]! ^= 255;
  expect(() => decodePng(damaged)).toThrow('the PNG is damaged');
});
