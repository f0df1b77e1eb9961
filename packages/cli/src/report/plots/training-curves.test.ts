import { expect, test } from 'vitest';
import { type Found, nasty, parsed } from '../parsed.js';
import { looksOf } from './styles.js';
import { type EpochState, trainingCurves } from './training-curves.js';

const looks = looksOf(['coop', nasty]);
const states = (method: string, epochs: number, more: Partial<EpochState> = {}): EpochState[] =>
  Array.from({ length: epochs }, (_, i) => ({
    method,
    epoch: i + 1,
    loss: { mean: 2 - i / epochs },
    learningRate: 0.002,
    ...more,
  }));
const ticks = (figure: Found | undefined) => [...figure!.querySelectorAll('text')].map(text => text.textContent);

test('loss and learning rate have a line per method; validation only if it was measured', () => {
  const { all, text } = parsed(trainingCurves([...states('coop', 4), ...states(nasty, 4)], looks, 'weather'));
  expect(all('figure')).toHaveLength(2);
  expect(all('path[stroke^="var(--m"]')).toHaveLength(4);
  expect(text).toContain(`${nasty}, epoch 4: 1.3`);
  expect(all('img')).toEqual([]);
  const validated = trainingCurves(states('coop', 4, { validation: { mean: 60, deviation: 1 } }), looks, 'weather');
  expect(parsed(validated).all('figure')).toHaveLength(3);
  expect(parsed(validated).all('[fill-opacity="0.15"] path')).toHaveLength(1);
});

test('epochs are logarithmic if one method takes many more of them', () => {
  const [even] = parsed(trainingCurves([...states('coop', 5), ...states(nasty, 10)], looks, '')).all('figure');
  expect(ticks(even)).toEqual(expect.arrayContaining(['1', '2', '4', '6', '8', '10']));
  const [far] = parsed(trainingCurves([...states('coop', 5), ...states(nasty, 200)], looks, '')).all('figure');
  expect(ticks(far)).toEqual(expect.arrayContaining(['1', '2', '5', '10', '20', '50', '100', '200']));
});
