import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { backend, expectParity, randomInputs } from '../testing/parity.js';

describe('changes of shape, as on tfjs-cpu', () => {
  const input = randomInputs(3);
  const shape = [2, 3, 4];
  const cases: Record<string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor | tf.Tensor[]> = {
    reshape: x => [tf.reshape(x, [4, -1]), tf.reshape(x, [24])],
    'expandDims and squeeze': x => [tf.expandDims(x, 1), tf.expandDims(x, -1), tf.squeeze(tf.expandDims(x, 0))],
    transpose: x => [tf.transpose(x), tf.transpose(x, [1, 0, 2])],
    concat: (x, y) => [tf.concat([x, y], 0), tf.concat([x, y, x], -1)],
    'stack and unstack': (x, y) => [tf.stack([x, y], 1), tf.stack([x, y], -1), ...tf.unstack(x, 1)],
    slice: x => [tf.slice(x, [0, 1, 1], [2, 2, -1]), tf.slice(x, [1]), tf.slice(x, 0, 2)],
    stridedSlice: x => tf.stridedSlice(x, [0, 0, 3], [2, 3, 0], [1, 2, -1]),
    split: x => [...tf.split(x, 2, -1), ...tf.split(x, [1, 2], 1)],
    tile: x => tf.tile(x, [2, 1, 3]),
    pad: x => [
      tf.pad(x, [
        [1, 0],
        [0, 2],
        [0, 0],
      ]),
      tf.pad(
        x,
        [
          [0, 0],
          [1, 1],
          [0, 0],
        ],
        0.5,
      ),
    ],
    reverse: x => [tf.reverse(x, 1), tf.reverse(x, [0, -1]), tf.reverse(x)],
    broadcastTo: x => tf.broadcastTo(tf.slice(x, 0, 1), [5, 3, 4]),
  };
  for (const [name, fn] of Object.entries(cases)) {
    it(name, () =>
      expectParity((x, y) => fn(x!, y!), [input.float(shape), input.float(shape)], {
        gradients: name !== 'stridedSlice',
      }),
    );
  }
  it('of integers and booleans', () =>
    expectParity(
      (i, b) => [
        tf.concat([i!, i!], 1),
        tf.transpose(b!),
        tf.tile(b!, [2, 1]),
        tf.slice(i!, 1),
        tf.pad(i!, [
          [1, 1],
          [0, 0],
        ]),
      ],
      [input.int([3, 4]), input.bool([3, 4])],
      { gradients: false },
    ));
});

describe('indexing, as on tfjs-cpu', () => {
  const input = randomInputs(4);
  it('gather along every axis, with repeated indices', async () => {
    // tfjs-node 4.22 looks up the size of a negative axis by its sign and finds none.
    for (const axis of backend === 'tensorflow' ? [0, 1, 2] : [0, 1, -1]) {
      await expectParity((x, i) => tf.gather(x!, i!, axis), [input.float([3, 4, 3]), input.int([2, 5], 0, 3)]);
    }
  });
  it('gatherND', () =>
    expectParity(
      (x, i) => tf.gatherND(x!, i!),
      [input.float([3, 4, 2]), tf.tensor2d([0, 1, 2, 3, 2, 3], [3, 2], 'int32')],
      { gradients: false },
    ));
  it('unsortedSegmentSum', () =>
    expectParity(
      (x, i) => tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 4),
      [input.float([6, 2]), input.int([6], 0, 4)],
    ));
  it('oneHot, in every type', () =>
    expectParity(
      i => [tf.oneHot(i!, 5), tf.oneHot(i!, 5, 2, -1, 'float32'), tf.oneHot(i!, 5, 1, 0, 'bool')],
      [input.int([2, 3], 0, 5)],
      { gradients: false },
    ));
  it('fill, zerosLike, onesLike', () =>
    expectParity(
      (x, i, b) => [tf.fill([2, 3], 0.5), ...[x!, i!, b!].flatMap(t => [tf.zerosLike(t), tf.onesLike(t)])],
      [input.float([3]), input.int([2, 2]), input.bool([2])],
      { gradients: false },
    ));
});
