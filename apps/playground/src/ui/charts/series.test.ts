import { expect, it } from 'vitest';
import { lookOf } from './series.js';

const all = ['clip', 'gda', 'coop', 'vpt', 'maple', 'kgcoop', 'dgprompt'];

it('no two of the usual methods share a colour, dash pattern or mark', () => {
  const looks = ['coop', 'maple', 'dgprompt'].map(id => lookOf(id, all));
  for (const key of ['color', 'dash', 'mark'] as const) expect(new Set(looks.map(look => look[key])).size).toBe(3);
});

it('up to eight methods have distinct colours', () => {
  expect(new Set(all.map(id => lookOf(id, all).color)).size).toBe(all.length);
});
