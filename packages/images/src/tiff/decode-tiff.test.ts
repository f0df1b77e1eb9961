import { expect, test } from 'vitest';
import { decode } from '../decode.js';

/** A little-endian TIFF of one strip: header, pixels, directory, and then the palette, as libtiff writes them. */
function tiff(pixels: readonly number[], tags: Record<number, number>, palette: readonly number[] = []): Buffer {
  const directory = 8 + pixels.length + (pixels.length % 2);
  const entries = Object.entries({ ...tags, 273: 8, 279: pixels.length, ...(palette.length > 0 && { 320: 0 }) });
  const bytes = Buffer.alloc(directory + 2 + entries.length * 12 + 4 + palette.length * 2);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(directory, 4);
  bytes.set(pixels, 8);
  bytes.writeUInt16LE(entries.length, directory);
  const behind = bytes.length - palette.length * 2;
  entries.forEach(([tag, value], i) => {
    const at = directory + 2 + i * 12;
    const isPalette = tag === '320';
    bytes.writeUInt16LE(Number(tag), at);
    bytes.writeUInt16LE(isPalette ? 3 : 4, at + 2);
    bytes.writeUInt32LE(isPalette ? palette.length : 1, at + 4);
    bytes.writeUInt32LE(isPalette ? behind : value, at + 8);
  });
  for (const [i, level] of palette.entries()) bytes.writeUInt16LE(level * 257, behind + 2 * i);
  return bytes;
}

const grey = { 256: 4, 257: 1, 258: 8, 259: 1, 262: 1 };

test('PackBits ignores a predictor, as libtiff does', async () => {
  const packed = [3, 10, 20, 30, 40]; // four literal bytes
  const picture = await decode(tiff(packed, { ...grey, 259: 32773, 317: 2 }));
  expect([...picture.data.filter((_, i) => i % 3 === 0)]).toEqual([10, 20, 30, 40]);
});

test('a palette that is cut off throws instead of making a black picture', async () => {
  const levels = Array.from({ length: 768 }, (_, i) => i % 256);
  const file = tiff([1, 2, 3, 255], { ...grey, 262: 3 }, levels);
  expect([...(await decode(file)).data.subarray(0, 6)]).toEqual([1, 1, 1, 2, 2, 2]);
  for (const cut of [1, 100, 1536])
    await expect(decode(file.subarray(0, -cut))).rejects.toThrow('the TIFF is cut short: its palette is missing');
});
