import { duration, timeLeft } from '@dgprompt/io';
import { expect, test } from 'vitest';
import { eta } from './eta.js';

const work = (kind: string, units: number) => ({ kind, units });

test('is undefined before anything is measured', () => {
  expect(eta().left([], [work('coop', 100)])).toBeUndefined();
  expect(eta().left([{ work: work('coop', 100), fraction: 0.05, seconds: 1 }], [])).toBeUndefined();
});

test('each method has its own pace', () => {
  const guess = eta();
  guess.finished(work('clip', 100), 1);
  guess.finished(work('maple', 100), 50);
  expect(guess.left([], [work('clip', 200), work('maple', 10)])).toEqual({ seconds: 2 + 5, atLeast: false });
});

test('an unmeasured method makes it a lower bound', () => {
  const guess = eta();
  guess.finished(work('clip', 100), 1);
  expect(guess.left([], [work('clip', 100), work('maple', 100)])).toEqual({ seconds: 1, atLeast: true });
});

test('work in progress counts with its remainder and its own pace', () => {
  const current = { work: work('coop', 100), fraction: 0.5, seconds: 10 };
  expect(eta().left([current], [work('coop', 50)])).toEqual({ seconds: 10 + 10, atLeast: false });
});

test('parallel work shares the time left', () => {
  const current = [0, 1].map(() => ({ work: work('coop', 100), fraction: 0.5, seconds: 10 }));
  expect(eta().left(current, [work('coop', 200)])).toEqual({ seconds: (10 + 10 + 40) / 2, atLeast: false });
});

test('durations are in words', () => {
  expect([1.25, 9.96, 59.7, 200, 3725].map(duration)).toEqual([
    '1.3 s',
    '10 s',
    '1 min 0 s',
    '3 min 20 s',
    '1 h 2 min',
  ]);
  expect([10, 60, 230, 3700].map(seconds => timeLeft({ seconds, atLeast: false }))).toEqual([
    'under a minute left',
    'about 1 min left',
    'about 4 min left',
    'about 1 h 2 min left',
  ]);
  expect(timeLeft({ seconds: 10, atLeast: true })).toBe('time left not known yet');
  expect(timeLeft({ seconds: 230, atLeast: true })).toBe('over 4 min left');
});
