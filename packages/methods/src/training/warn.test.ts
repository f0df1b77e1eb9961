import { expect, it, vi } from 'vitest';
import { warnOfShortBatch } from './warn.js';

const said = (count: number, batch: number, epochs: number) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const items = Array.from({ length: count }, (_, i) => ({ path: String(i), label: 0, classname: 'a' }));
  warnOfShortBatch('coop', items, { batch, epochs }, epoch => epoch);
  return warn.mock.calls.flat().join();
};

it('reports how many images a dropped batch leaves out of every epoch, and how many are never seen', () => {
  expect(said(10, 4, 20)).toBe(
    'coop: batches of 4 leave out 2 of 10 training images in every epoch; keepLast=true, or a batch size that divides 10, uses all.',
  );
  expect(said(101, 4, 1)).toMatch('leave out 1 of 101 training images in every epoch, and 1 of them in all 1;');
});

it('is silent if all are used, or few are left out and all are seen', () => {
  for (const [count, batch, epochs] of [
    [8, 4, 1],
    [3, 4, 1],
    [101, 4, 20],
  ] as const)
    expect(said(count, batch, epochs)).toBe('');
});
