import { expect, it } from 'vitest';
import { lookOf } from './series.js';

const all = ['clip', 'gda', 'coop', 'vpt', 'maple', 'kgcoop', 'dgprompt'];

it('no two of the usual methods look alike in colour, dashes or mark', () => {
  const looks = ['coop', 'maple', 'dgprompt'].map(id => lookOf(id, all));
  for (const key of ['color', 'dash', 'mark'] as const) expect(new Set(looks.map(look => look[key])).size).toBe(3);
});

it('every method has a colour of its own while there are eight', () => {
  expect(new Set(all.map(id => lookOf(id, all).color)).size).toBe(all.length);
});
