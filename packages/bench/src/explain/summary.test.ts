import type { Explanation } from '@dgprompt/methods/evaluation';
import { expect, test } from 'vitest';
import { harmonicMean } from '../tables/harmonic-mean.js';
import { sampleRecord } from '../testing/sample-record.js';
import { type ExplainedRun, explainedMethod } from './summary.js';

/** 100 images, of which `right` are correct, and `lost` of these become wrong under the control. */
function explained(right: number, lost: number, unused?: true): Explanation {
  const outcomes = { both: right - lost, lost, gained: 0, neither: 100 - right };
  const control = {
    ...{ control: 'no shift', top1: right - lost, difference: -lost, changed: lost, outcomes },
    ...{ interval: { low: 0, high: 0 }, ...(unused && { unused }) },
  };
  return { method: 'clip:memory', top1: right, correct: right, images: 100, controls: [control] };
}

const run = (task: string, seed: number, base: Explanation, fresh: Explanation): ExplainedRun => ({
  record: sampleRecord({ task, seed, method: 'clip:memory' }, base.top1, fresh.top1),
  explanation: { format: 1, prompts: '', pillow: 12, tests: { base, new: fresh } },
});

test('one run has the interval over its images, in every column', () => {
  const { right, controls, columns, main } = explainedMethod([run('a', 1, explained(80, 20), explained(60, 0, true))])!;
  expect([columns, main]).toEqual([['base', 'new', 'H'], 'H']);
  expect(right).toEqual({ base: 80, new: 60, H: harmonicMean(80, 60) });
  const { base, new: fresh, H } = controls[0]!.cells;
  expect(base).toMatchObject({ value: 60, difference: -20 });
  expect(base!.interval!.low).toBeGreaterThan(-30);
  expect(base!.interval!.low).toBeLessThan(-26);
  expect(base!.interval!.high).toBeGreaterThan(-14);
  expect(base!.interval!.high).toBeLessThan(-10);
  expect(fresh).toMatchObject({ difference: 0, unused: true });
  expect(H!.difference).toBeCloseTo(harmonicMean(60, 60) - harmonicMean(80, 60), 10);
  expect(H).not.toHaveProperty('unused');
  expect(H!.interval!.low).toBeLessThan(H!.difference);
});

test('several runs have the interval over tasks and seeds, and every task has the same weight', () => {
  const { controls } = explainedMethod([
    run('a', 1, explained(80, 10), explained(60, 0)),
    run('a', 2, explained(80, 20), explained(60, 0)),
    run('b', 1, explained(50, 40), explained(60, 0)),
  ])!;
  const { cells } = controls[0]!;
  expect(cells.base!.difference).toBeCloseTo((-15 - 40) / 2, 10);
  expect(cells.base!.value).toBeCloseTo((65 + 10) / 2, 10);
  expect(cells.base!.interval).toEqual({ low: -40, high: -12.5 });
});

test('a method without conditioning has no controls', () => {
  expect(
    explainedMethod([
      { record: sampleRecord({}, 80, 60), explanation: { format: 1, prompts: '', pillow: 12, tests: {} } },
    ]),
  ).toBeUndefined();
});
