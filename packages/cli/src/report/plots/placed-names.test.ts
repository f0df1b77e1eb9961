import { expect, test } from 'vitest';
import { placedNames } from './placed-names.js';

test('names of close points do not overlap', () => {
  const points = ['CLIP', 'CoOp'].map((name, i) => ({ x: 100 + 3 * i, y: 100 + 2 * i, name }));
  const [first, second] = placedNames(points, [300, 300]);
  expect([first!.textAnchor, first!.dy]).not.toEqual([second!.textAnchor, second!.dy]);
});

test('a name at the edge is inside', () => {
  const [place] = placedNames([{ x: 295, y: 100, name: 'DGPrompt' }], [300, 300]);
  expect(place!.textAnchor).toBe('end');
});
