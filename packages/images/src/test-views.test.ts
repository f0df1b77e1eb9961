import { expect, test } from 'vitest';
import type { Picture } from './decode.js';
import { denormalise, normalise } from './normalise.js';
import { testViews, type Views } from './test-views.js';

/** A smooth picture whose red increases to the right and whose green increases downwards. */
function ramp(size: number): Picture {
  const data = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) data.set([(x * 255) / (size - 1), (y * 255) / (size - 1), 90], (y * size + x) * 3);
  return { width: size, height: size, data };
}

const size = 48;
const views = (count: Views) =>
  testViews(normalise(ramp(size)), size, count).map(pixels => {
    const { data } = denormalise(pixels, size, size);
    return (x: number, y: number) => [...data.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
  });
/** Red at both ends of the middle row, `inset` pixels from the edge. */
const ends = (at: (x: number, y: number) => number[], inset = 0) => [at(inset, 24)[0]!, at(47 - inset, 24)[0]!];

test('all 256 values survive normalising and denormalising', () => {
  const data = Uint8Array.from({ length: 256 * 3 }, (_, i) => (i * 7) % 256);
  expect(denormalise(normalise({ width: 16, height: 16, data }), 16, 16).data).toEqual(data);
});

test('a single view, and the first of several, is the image itself', () => {
  const pixels = normalise(ramp(size));
  expect(testViews(pixels, size, 1)).toEqual([pixels]);
  expect(testViews(pixels, size, 5)[0]).toBe(pixels);
});

test('five views: the image, mirrored, zoomed, shrunk, shrunk and mirrored', () => {
  const all = views(5);
  expect(all).toHaveLength(5);
  const [whole, mirrored, zoomed] = all.map(at => ends(at));
  const [shrunk, both] = all.slice(3).map(at => ends(at, 5));
  expect(whole).toEqual([0, 255]);
  expect(mirrored).toEqual([255, 0]);
  expect(zoomed![0]).toBeGreaterThan(20); // 5 of 47 pixels are cut off on each side
  expect(zoomed![1]).toBeLessThan(235);
  expect(shrunk![0]).toBeLessThan(6);
  expect(shrunk![1]).toBeGreaterThan(249);
  expect(both).toEqual([...shrunk!].reverse());
});

test('a shrunk view has 38/48 of the side, surrounded by the mean colour of its border', () => {
  const at = views(5)[3]!;
  const colour = at(0, 0);
  expect(colour).toEqual([expect.closeTo(127.5, -1), expect.closeTo(127.5, -1), 90]);
  for (const place of [4, 43]) expect([at(place, 24), at(24, place)]).toEqual([colour, colour]);
  expect(at(5, 5)[0]).toBeLessThan(6);
  expect(at(42, 42)[0]).toBeGreaterThan(249);
});

test('nine views: these five and four corners', () => {
  const all = views(9);
  expect(all.slice(0, 5).map(at => at(9, 20))).toEqual(views(5).map(at => at(9, 20)));
  const corners = all.slice(5).map(at => [at(0, 0)[0]! < 10, at(0, 0)[1]! < 10]);
  expect(corners).toEqual([
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ]);
});

test('a plain picture is the same in every view', () => {
  const data = new Uint8Array(3 * 7 * 7).fill(40);
  for (const view of testViews(normalise({ width: 7, height: 7, data }), 7, 9))
    expect(view).toEqual(normalise({ width: 7, height: 7, data }));
});

test('other numbers of views are rejected', () => {
  for (const wrong of [0, 2, 10, Number.NaN])
    expect(() => testViews(normalise(ramp(4)), 4, wrong as Views)).toThrow(`views is ${wrong}; it must be 1, 5 or 9.`);
});
