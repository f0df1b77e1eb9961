import { duration, timeLeft } from '@dgprompt/io';
import { expect, test } from 'vitest';
import { forecast } from './forecast.js';

const run = (method: string, images: number) => ({ method, images });

test('knows nothing before anything is measured', () => {
  expect(forecast().remaining([], [run('coop', 100)])).toBeUndefined();
  expect(forecast().remaining([{ run: run('coop', 100), fraction: 0.05, seconds: 1 }], [])).toBeUndefined();
});

test('each method goes at its own pace', () => {
  const guess = forecast();
  guess.finished(run('clip', 100), 1);
  guess.finished(run('maple', 100), 50);
  expect(guess.remaining([], [run('clip', 200), run('maple', 10)])).toEqual({ seconds: 2 + 5, atLeast: false });
});

test('a method not seen yet makes it a lower bound', () => {
  const guess = forecast();
  guess.finished(run('clip', 100), 1);
  expect(guess.remaining([], [run('clip', 100), run('maple', 100)])).toEqual({ seconds: 1, atLeast: true });
});

test('the run in progress counts for what is left of it, and for its own pace', () => {
  const current = { run: run('coop', 100), fraction: 0.5, seconds: 10 };
  expect(forecast().remaining([current], [run('coop', 50)])).toEqual({ seconds: 10 + 10, atLeast: false });
});

test('runs side by side share what is left', () => {
  const current = [0, 1].map(() => ({ run: run('coop', 100), fraction: 0.5, seconds: 10 }));
  expect(forecast().remaining(current, [run('coop', 200)])).toEqual({ seconds: (10 + 10 + 40) / 2, atLeast: false });
});

test('durations read as people say them', () => {
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
