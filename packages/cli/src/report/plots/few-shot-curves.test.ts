import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { fewShotCurves } from './few-shot-curves.js';
import { looksOf } from './styles.js';

const looks = looksOf(['clip', nasty]);
const scores = [1, 4, 16].flatMap(shots => [
  { method: 'clip', shots, mean: 50 },
  { method: nasty, shots, mean: 50 + shots, deviation: 2 },
]);

test('each method has a line, a mark at each number of shots, and a band if it has several seeds', () => {
  const { all, text } = parsed(fewShotCurves(scores, looks, { title: 'weather' }));
  expect(all('path[stroke^="var(--m"]').map(line => line.getAttribute('stroke'))).toEqual(['var(--m0)', 'var(--m2)']);
  expect(all('[fill-opacity="0.15"] path').map(band => band.getAttribute('fill'))).toEqual(['var(--m2)']);
  expect(all('title')).toHaveLength(6);
  expect(text).toContain(`${nasty}, 16 per class: 66.0 ± 2.0`);
  expect(all('img')).toEqual([]);
});

test('names at the ends of close lines do not overlap', () => {
  const close = [1, 16].flatMap(shots => [
    { method: 'clip', shots, mean: 60 + shots },
    { method: 'coop', shots, mean: 60.1 + shots },
  ]);
  const { all } = parsed(fewShotCurves(close, looksOf(['clip', 'coop']), { title: 'weather' }));
  const heights = all('text')
    .filter(({ textContent }) => textContent === 'CLIP' || textContent === 'CoOp')
    .map(text => Number(/,([\d.]+)\)/.exec(text.getAttribute('transform')!)![1]));
  expect(Math.abs(heights[0]! - heights[1]!)).toBeGreaterThan(8);
});
