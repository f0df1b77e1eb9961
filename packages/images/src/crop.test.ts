import { expect, test } from 'vitest';
import { CROP_RATIO, CROP_SCALE, crop, cropBox, cropInPlace, drawCrop, flip } from './crop.js';

function sequence(start: number) {
  let state = start;
  return {
    next() {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    },
  };
}

test('random boxes are inside the image, with areas and ratios in range', () => {
  const random = sequence(7);
  const size = { width: 400, height: 300 };
  const areas: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const box = cropBox(size, drawCrop(random));
    expect(box.top).toBeGreaterThanOrEqual(0);
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.top + box.height).toBeLessThanOrEqual(size.height);
    expect(box.left + box.width).toBeLessThanOrEqual(size.width);
    const ratio = box.width / box.height;
    expect(ratio).toBeGreaterThan(CROP_RATIO[0] - 0.02);
    expect(ratio).toBeLessThan(CROP_RATIO[1] + 0.02);
    areas.push((box.width * box.height) / (size.width * size.height));
  }
  expect(Math.min(...areas)).toBeLessThan(CROP_SCALE[0] + 0.02);
  expect(Math.max(...areas)).toBeGreaterThan(0.9);
});

test('random boxes cover at least the given share of the image', () => {
  const random = sequence(11);
  for (let i = 0; i < 500; i++) {
    const { width, height } = cropBox({ width: 400, height: 300 }, drawCrop(random), [0.5, 1]);
    expect((width * height) / (400 * 300)).toBeGreaterThan(0.49);
  }
});

test('an image too elongated for any box gets a central one', () => {
  const draws = Array.from({ length: 10 }, () => ({ area: 0.99, ratio: 0.5, top: 0, left: 0 }));
  expect(cropBox({ width: 1000, height: 30 }, draws)).toEqual({ top: 0, left: 480, width: 40, height: 30 });
  expect(cropBox({ width: 30, height: 1000 }, draws)).toEqual({ top: 480, left: 0, width: 30, height: 40 });
});

test('flip mirrors left to right', () => {
  const data = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect([...flip({ width: 2, height: 2, data }).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
});

test('cropping in place gives the same pixels', () => {
  const data = Uint8Array.from({ length: 9 * 7 * 3 }, (_, i) => i);
  for (const box of [
    { top: 0, left: 0, width: 9, height: 7 },
    { top: 2, left: 3, width: 4, height: 5 },
    { top: 6, left: 8, width: 1, height: 1 },
  ]) {
    const picture = { width: 9, height: 7, data: data.slice() };
    const copied = crop(picture, box);
    expect(cropInPlace(picture, box)).toEqual(copied);
  }
});
