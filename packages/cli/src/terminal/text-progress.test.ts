import { expect, test } from 'vitest';
import { textProgress } from './text-progress.js';

/** The output if a chunk of a thousand prompts takes `seconds`. */
function shown(seconds: number, chunks: number): [number, string][] {
  const output: [number, string][] = [];
  let time = 7000;
  const follow = textProgress(
    (fraction, text) => output.push([fraction, text]),
    () => time,
  );
  for (let chunk = 1; chunk <= chunks; chunk++) {
    follow({ done: 1000 * chunk, total: 1000 * chunks });
    time += 1000 * seconds;
  }
  return output;
}

test('after two seconds, the progress and the time left are displayed', () => {
  expect(shown(1.5, 80).slice(0, 2)).toEqual([
    [3 / 80, 'about 2 min left · 3000 of 80000 hand-written prompts'],
    [4 / 80, 'about 2 min left · 4000 of 80000 hand-written prompts'],
  ]);
  expect(shown(1.5, 80).at(-1)).toEqual([1, 'under a minute left · 80000 of 80000 hand-written prompts']);
});

test('faster work displays nothing', () => {
  expect(shown(0.1, 20)).toEqual([]);
  expect(shown(60, 1)).toEqual([]);
});
