import { expect, test } from 'vitest';
import { labelOf } from './evaluation-items.js';

test('a class has the label of its own name, or else of the only one that is read alike', () => {
  const classes = ['t-shirt', 't_shirt', 'Polish', 'tea rose'];
  expect(['t_shirt', 't-shirt', 'polish', 'tea_rose'].map(name => labelOf(name, classes))).toEqual([1, 0, 2, 3]);
  expect(['t shirt', 'rose'].map(name => labelOf(name, classes))).toEqual([undefined, undefined]);
});
