import { expect, test } from 'vitest';
import { textProgress } from './text-progress.js';

/** What is said when a chunk of a thousand prompts is done every `seconds`. */
function told(seconds: number, chunks: number): [number, string][] {
  const said: [number, string][] = [];
  let time = 7000;
  const follow = textProgress(
    (fraction, text) => said.push([fraction, text]),
    () => time,
  );
  for (let chunk = 1; chunk <= chunks; chunk++) {
    follow({ done: 1000 * chunk, total: 1000 * chunks });
    time += 1000 * seconds;
  }
  return said;
}

test('from two seconds on it is said how far prompts are, and how long the rest takes', () => {
  expect(told(1.5, 80).slice(0, 2)).toEqual([
    [3 / 80, 'about 2 min left · 3000 of 80000 hand-written prompts'],
    [4 / 80, 'about 2 min left · 4000 of 80000 hand-written prompts'],
  ]);
  expect(told(1.5, 80).at(-1)).toEqual([1, 'under a minute left · 80000 of 80000 hand-written prompts']);
});

test('what is done sooner goes without a word', () => {
  expect(told(0.1, 20)).toEqual([]);
  expect(told(60, 1)).toEqual([]);
});
