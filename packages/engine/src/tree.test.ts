import type * as tf from '@tensorflow/tfjs-core';
import { expect, expectTypeOf, test } from 'vitest';
import { leaves, mapTree, namedLeaves, type Tree } from './tree.js';

test('leaves are in order, with their paths', () => {
  const tree = { a: 1, b: [2, { c: 3 }] };
  expect(leaves<number>(tree)).toEqual([1, 2, 3]);
  expect(namedLeaves<number>(tree).map(([name]) => name)).toEqual(['a', 'b.0', 'b.1.c']);
});

test('mapping keeps the structure, also in the type', () => {
  const sizes = mapTree((x: string) => x.length, { a: 'one', b: [['three']] as [string[]] });
  expect(sizes).toEqual({ a: 3, b: [[5]] });
  expectTypeOf(sizes).toEqualTypeOf<{ a: number; b: [number[]] }>();
  const any: Tree<tf.Variable> = [];
  expectTypeOf(mapTree((v: tf.Tensor) => v.rank, any)).toEqualTypeOf<Tree<number>>();
});
