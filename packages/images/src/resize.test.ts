import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import type { Box } from './crop.js';
import { crop } from './crop.js';
import { decoder } from './decoder.js';
import { usePillow } from './pillow.js';
import { resize } from './resize.js';

afterEach(() => usePillow(undefined));

function noise(width: number, height: number) {
  let state = width * 31 + height;
  const next = () => {
    state = (state * 16807) % 2147483647;
    return (state >> 8) % 256;
  };
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, next) };
}

const hash = ({ data }: { data: Uint8Array }) => createHash('sha256').update(data).digest('hex').slice(0, 16);

/** Sizes before and after, and hashes of the bicubic pixels of Pillow 12.3 and 13.0. */
const expected: [[number, number], [number, number], string, string][] = [
  [[69, 143], [48, 99], 'ce0f118b919ee7ff', '4c37aa97b5434cb9'],
  [[69, 143], [24, 49], '6b74d29ad693709a', 'd39c5d9f58da6167'],
  [[30, 80], [60, 40], 'eda12a094a1ebdea', '62e86c3498cda005'],
  [[40, 90], [25, 25], 'fe80357f54ac6b05', '39f1d0a0fe487ade'],
  [[40, 40], [20, 20], '97cc4181e7d26117', '97cc4181e7d26117'],
  [[41, 40], [20, 19], '95951c018af511a1', '95951c018af511a1'],
  [[90, 40], [30, 13], '719f9a9f618f8ebc', '719f9a9f618f8ebc'],
  [[40, 60], [30, 40], '3de10b92929ee507', '3de10b92929ee507'],
  [[40, 61], [30, 40], '8865bda459eab0d9', 'f5793fec3e95d11a'],
  [[33, 70], [33, 20], '9c4c3487be3652a8', '9c4c3487be3652a8'],
  [[20, 50], [40, 100], '77e53ad7fac7fb53', '77e53ad7fac7fb53'],
];

test.each(expected)('%j to %j is resized like in either version of Pillow', (from, [width, height], old, now) => {
  const picture = noise(...from);
  expect(hash(resize(picture, width, height, { pillow: 12 }))).toBe(old);
  expect(hash(resize(picture, width, height))).toBe(now);
});

test('a part of a tall picture equals that part of the whole', () => {
  const box: Box = { top: 7, left: 3, width: 20, height: 11 };
  const picture = noise(69, 143);
  expect(resize(picture, 48, 99, { part: box })).toEqual(crop(resize(picture, 48, 99), box));
});

test("the older order can be set globally or by the environment, and is part of the decoder's name", () => {
  const picture = noise(69, 143);
  const [old, now] = [12, 13].map(pillow => hash(resize(picture, 48, 99, { pillow: pillow as 12 | 13 })));
  expect(old).not.toBe(now);
  expect([hash(resize(picture, 48, 99)), decoder()]).toEqual([now, expect.stringContaining("Pillow 13's pixels")]);
  usePillow(12);
  expect([hash(resize(picture, 48, 99)), decoder()]).toEqual([old, expect.stringContaining("Pillow 12's pixels")]);
  usePillow(undefined);
  vi.stubEnv('DGPROMPT_PILLOW', '12');
  expect(hash(resize(picture, 48, 99))).toBe(old);
  vi.stubEnv('DGPROMPT_PILLOW', 'new');
  expect(() => resize(picture, 48, 99)).toThrow('DGPROMPT_PILLOW must be 12 or 13, not "new".');
  expect(() => usePillow(11 as 12)).toThrow("Pillow's version must be 12 or 13, not 11.");
});
