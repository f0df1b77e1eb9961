import { expect, test } from 'vitest';
import { estimate, timedPhases } from './probe.js';

const report = (phase: 'features' | 'steps' | 'tests', done: number) => ({ fraction: 0, doing: '', phase, done });

test('phases are timed from their first report, so that loading and compiling belong to none', () => {
  const timed = timedPhases();
  timed.add(report('features', 10), 1000);
  timed.add(report('features', 110), 2000); // 10 ms an image
  timed.add(report('steps', 4), 5000); // 3 s until the first step
  expect(timed.add(report('steps', 24), 6000)).toBe(1000); // 50 ms an image
  const { pace, milliseconds, last } = timed.measured();
  expect(pace).toEqual({ features: 0.01, steps: 0.05 });
  expect(milliseconds).toBe(2000);
  expect(last).toBe(6000);
});

test('a phase with a single report has no pace, and its time counts as the start', () => {
  const timed = timedPhases();
  timed.add(report('features', 10), 1000);
  expect(timed.measured()).toEqual({ pace: {}, milliseconds: 0, last: 1000 });
});

test('each phase is estimated at its own pace', () => {
  const pace = { features: 0.01, steps: 0.05, tests: 0.02 };
  const work = { features: 100, steps: 1000, tests: 200 };
  expect(estimate({ startSeconds: 3, memory: 0, pace }, work)).toBeCloseTo(3 + 1 + 50 + 4);
});

test('testing that was not reached takes a quarter of training, and no less than frozen features', () => {
  const work = { features: 0, steps: 0, tests: 100 };
  expect(estimate({ startSeconds: 0, memory: 0, pace: { steps: 0.4 } }, work)).toBeCloseTo(10);
  expect(estimate({ startSeconds: 0, memory: 0, pace: { features: 0.2, steps: 0.4 } }, work)).toBeCloseTo(20);
});
