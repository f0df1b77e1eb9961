import { expect, test } from 'vitest';
import { placedNames } from './placed-names.js';

const field = { width: 300, height: 300 };

/** Left, right, top and bottom of placed names. */
function boxes(points: { x: number; y: number; name: string }[], places: ReturnType<typeof placedNames>) {
  return points.map(({ x, y, name }, i) => {
    const { dx, dy, textAnchor } = places[i]!;
    const width = 7.5 * name.length;
    const left = x + dx - { start: 0, middle: width / 2, end: width }[textAnchor];
    return { left, right: left + width, top: y + dy - 7, bottom: y + dy + 7 };
  });
}

test('names of close points do not overlap', () => {
  const points = Array.from({ length: 12 }, (_, i) => ({ x: 140 + 2 * i, y: 150 - i, name: `method ${i}` }));
  const placed = boxes(points, placedNames(points, field));
  const pairs = placed.flatMap((a, i) => placed.slice(i + 1).map(b => [a, b] as const));
  expect(
    pairs.filter(([a, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
  ).toEqual([]);
});

test('a name at the edge stays inside', () => {
  const [place] = placedNames([{ x: 295, y: 100, name: 'DGPrompt' }], field);
  expect(place!.textAnchor).toBe('end');
});

test('without room, an optional name is omitted and a required one is not', () => {
  const taken: [number, number, number, number][] = [[0, 0, 300, 300]];
  const points = [true, undefined].map(optional => ({ x: 150, y: 150, name: 'CLIP', optional }));
  const [optional, needed] = placedNames(points, { ...field, taken });
  expect(optional).toBeUndefined();
  expect(needed).toBeDefined();
});
