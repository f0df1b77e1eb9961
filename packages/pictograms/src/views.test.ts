import { expect, it } from 'vitest';
import { drawView, premultiplied, rasterSize, viewOf, viewSize } from './views.js';

/** A raster whose left half is opaque red and whose right half is clear (with a colour that must not show). */
const halfRed = premultiplied(
  Uint8Array.from({ length: rasterSize ** 2 * 4 }, (_, i) => {
    const left = ((i >> 2) % rasterSize) * 2 < rasterSize;
    return left ? [255, 0, 0, 255][i % 4]! : [0, 255, 0, 0][i % 4]!;
  }),
);

const at = (pixels: Uint8Array, x: number, y: number) => [...pixels.subarray((y * viewSize + x) * 3).subarray(0, 3)];

it('has a plain view 0, centred on white', () => {
  const view = viewOf('noto/camel', 0);
  expect(view.ground).toEqual([255, 255, 255]);
  expect(view.x * 2 + view.side).toBe(viewSize);
  expect(view.y).toBe(view.x);
});

it('makes the same view for the same name, different views for other names and numbers, all in the frame', () => {
  expect(viewOf('noto/camel', 3)).toEqual(viewOf('noto/camel', 3));
  const views = ['noto/camel', 'noto/cat', 'twemoji/camel'].flatMap(name =>
    Array.from({ length: 50 }, (_, k) => viewOf(name, k + 1)),
  );
  expect(new Set(views.map(view => JSON.stringify(view))).size).toBe(views.length);
  for (const { ground, side, x, y } of views) {
    expect(side).toBeGreaterThanOrEqual(viewSize * 0.54);
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(x, y) + side).toBeLessThanOrEqual(viewSize);
    for (const channel of ground) expect(channel).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ground)).toBeGreaterThan(100); // black outlines stay visible
  }
});

it('keeps the colours of opaque pixels, and shows the background through clear ones and around the picture', () => {
  const pixels = drawView(halfRed, { ground: [0, 0, 200], side: 32, x: 8, y: 16 });
  expect(at(pixels, 7, 20)).toEqual([0, 0, 200]);
  expect(at(pixels, 8, 16)).toEqual([255, 0, 0]);
  expect(at(pixels, 23, 47)).toEqual([255, 0, 0]);
  expect(at(pixels, 24, 20)).toEqual([0, 0, 200]);
  expect(at(pixels, 8, 15)).toEqual([0, 0, 200]);
  expect(at(pixels, 8, 48)).toEqual([0, 0, 200]);
});

it('averages edges between pixels in proportion to the area covered', () => {
  const pixels = drawView(halfRed, { ground: [0, 0, 255], side: 33, x: 0, y: 0 }); // the edge is at 16.5
  const [red, green, blue] = at(pixels, 16, 10);
  expect(red).toBeGreaterThanOrEqual(127);
  expect(red).toBeLessThanOrEqual(128);
  expect(green).toBe(0);
  expect(blue).toBeGreaterThanOrEqual(127);
  expect(at(pixels, 15, 10)).toEqual([255, 0, 0]);
  expect(at(pixels, 17, 10)).toEqual([0, 0, 255]);
});
