import { expect, it } from 'vitest';
import { defaults, hashOf, settingsOf } from './settings.js';

it('a permalink holds what differs from the defaults, and gives it back', () => {
  const chosen = { ...defaults, data: 'food', methods: ['clip', 'gda'], shots: 4, split: 'all' as const };
  expect(hashOf(defaults)).toBe('');
  expect(hashOf(chosen)).toBe('#data=food&methods=clip,gda&shots=4&split=all');
  expect(settingsOf(hashOf(chosen))).toEqual(chosen);
  expect(settingsOf(hashOf({ ...chosen, clip: 'openai/clip-vit-base-patch16' })).clip).toBe(
    'openai/clip-vit-base-patch16',
  );
});

it('wrong parts of a permalink have their defaults', () => {
  const hash = '#data=<b>&clip=a/b/c&methods=,<i>,Coop&shots=-1&epochs=1.5&seed=x&split=none&device=gpu';
  expect(settingsOf(hash)).toEqual(defaults);
});
