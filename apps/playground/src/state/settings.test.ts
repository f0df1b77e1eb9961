import { expect, it } from 'vitest';
import { defaults, hashOf, settingsOf } from './settings.js';

it('a permalink contains what differs from the defaults, and restores it', () => {
  const chosen = { ...defaults, data: 'food', methods: ['clip', 'gda'], shots: 4, split: 'all' as const };
  expect(hashOf(defaults)).toBe('');
  expect(hashOf(chosen)).toBe('#data=food&methods=clip,gda&shots=4&split=all');
  expect(settingsOf(hashOf(chosen))).toEqual(chosen);
  expect(settingsOf(hashOf({ ...chosen, clip: 'openai/clip-vit-base-patch16' })).clip).toBe(
    'openai/clip-vit-base-patch16',
  );
});

it('invalid parts of a permalink fall back to their defaults', () => {
  const hash = '#data=<b>&clip=a/b/c&methods=,<i>,Coop&shots=-1&epochs=1.5&seed=x&split=none&device=gpu';
  expect(settingsOf(hash)).toEqual(defaults);
});
