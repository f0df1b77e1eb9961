import { expect, test } from 'vitest';
import { interpolatePositions } from './positions.js';

test('the class position stays, a flat field stays flat, a slope stays a slope inside', () => {
  const from = 7;
  const field = Float32Array.from({ length: 2 * (1 + from * from) }, (_, i) => {
    const patch = (i >> 1) - 1;
    return patch < 0 ? 9 : i % 2 === 0 ? 3 : (patch % from) + 0.5;
  });
  const to = 14;
  const out = interpolatePositions(field, from, to);
  expect([...out.subarray(0, 2)]).toEqual([9, 9]);
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++) {
      const at = 2 * (1 + y * to + x);
      expect(out[at]).toBeCloseTo(3, 5);
      if (x > 4 && x < 9) expect(out[at + 1]).toBeCloseTo((x + 0.5) / 2, 5);
    }
  expect(interpolatePositions(out, to, to)).toEqual(out);
  expect(interpolatePositions(out, to, from)).toHaveLength(field.length);
});
