import { expect, test } from 'vitest';
import { hashDistance, nearDuplicateThreshold, nearestDistance, perceptualHash } from './perceptual-hash.js';

/** A drawing on a transparent background: opaque where `inside` is true, with a colour ramp. */
function drawing(side: number, inside: (x: number, y: number) => boolean): Uint8Array {
  const pixels = new Uint8Array(side * side * 4);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [(i % side) / side, Math.floor(i / side) / side];
    if (inside(x, y)) pixels.set([200 * x, 120 * y, 60, 255], 4 * i);
  }
  return pixels;
}

const tee = (x: number, y: number) =>
  (y < 0.3 && y > 0.1 && x > 0.1 && x < 0.9) || (x > 0.4 && x < 0.55 && y < 0.9 && y > 0.1);
const rings = (x: number, y: number) => Math.floor(Math.hypot(x - 0.5, y - 0.6) * 12) % 2 === 0;

test('hashes depend on the drawing, not on size and margin', () => {
  const hash = perceptualHash(drawing(64, tee), 64);
  const larger = perceptualHash(drawing(128, tee), 128);
  const smaller = perceptualHash(
    drawing(96, (x, y) => x < 0.75 && y < 0.75 && tee(x / 0.75, y / 0.75)),
    96,
  );
  const other = perceptualHash(drawing(64, rings), 64);
  expect(hashDistance(hash, larger)).toBeLessThanOrEqual(nearDuplicateThreshold);
  expect(hashDistance(hash, smaller)).toBeLessThanOrEqual(nearDuplicateThreshold);
  expect(hashDistance(hash, other)).toBeGreaterThan(2 * nearDuplicateThreshold);
});

test('finds the nearest of many hashes', () => {
  const [a, b] = [perceptualHash(drawing(64, tee), 64), perceptualHash(drawing(64, rings), 64)];
  const many = new Uint8Array([...b, ...a, ...b]);
  expect(nearestDistance(a, many)).toBe(0);
  expect(nearestDistance(a, b)).toBe(hashDistance(a, b));
});
