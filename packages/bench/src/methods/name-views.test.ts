import { expect, test } from 'vitest';
import { viewsEnding, viewsIn, withoutViews, withViews } from './name-views.js';
import { isAblation, methodTitle } from './title.js';

test('a name includes the number of views, once', () => {
  expect(withViews('coop:csc')).toBe('coop:csc');
  expect(withViews('coop:csc', 5)).toBe('coop:csc, 5 views');
  expect(withViews('coop, 5 views (epochs 2)', 5)).toBe('coop, 5 views (epochs 2)');
});

test('the number of views can be read back', () => {
  const name = 'dgprompt:flat, 9 views (epochs 2)';
  expect([viewsEnding(name), viewsIn(name), withoutViews(name)]).toEqual([', 9 views', 9, 'dgprompt:flat (epochs 2)']);
  expect([viewsEnding('clip'), viewsIn('clip'), withoutViews('clip')]).toEqual(['', 1, 'clip']);
  expect(viewsIn('tpt:views=63')).toBe(1);
});

test('a name includes the precision of the towers, if below float32', () => {
  expect([withViews('coop', 1, 'int8'), withViews('coop', 5, 'int8')]).toEqual(['coop, int8', 'coop, int8, 5 views']);
  expect(withViews('coop, int8', 1, 'int8')).toBe('coop, int8');
  const name = 'dgprompt:flat, int8, 9 views (epochs 2)';
  expect([viewsEnding(name), viewsIn(name)]).toEqual([', int8, 9 views', 9]);
  expect([withoutViews(name), methodTitle(name)]).toEqual([
    'dgprompt:flat (epochs 2)',
    'DGPrompt:flat, int8, 9 views (epochs 2)',
  ]);
  expect([viewsIn('coop, int8'), methodTitle('coop, int8'), isAblation('dgprompt:flat, int8')]).toEqual([
    1,
    'CoOp, int8',
    true,
  ]);
});

test('titles and ablations ignore views', () => {
  expect(methodTitle('clip, 5 views')).toBe('CLIP, 5 views');
  expect(methodTitle('dgprompt:flat, 5 views (epochs 2)')).toBe('DGPrompt:flat, 5 views (epochs 2)');
  expect([isAblation('dgprompt:flat, 5 views'), isAblation('dgprompt, 5 views')]).toEqual([true, false]);
});
