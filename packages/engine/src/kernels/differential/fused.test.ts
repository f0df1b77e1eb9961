import type * as tf from '@tensorflow/tfjs-core';
import { attention } from '../../fused/attention.js';
import { gelu, geluTanh, quickGelu, silu } from '../../fused/gelu.js';
import { layerNorm } from '../../fused/layer-norm.js';
import { softmaxCrossEntropy } from '../../fused/softmax-cross-entropy.js';
import { agrees } from '../../testing/agrees.js';
import { anyShape, indices, type Op, random, tensor, unary } from '../../testing/random-programs.js';

const attentionInputs = () => {
  const [n, t, dh] = [1, 2, 3].map(() => 1 + random.integer(5)) as [number, number, number];
  return [
    [2, n, dh],
    [2, t, random.next() < 0.1 ? dh + 1 : dh],
    [2, t, dh],
  ].map(shape => tensor(shape, 'float32', random.next() < 0.2 && 'moderate'));
};

const ops: Record<string, Op> = {
  quickGelu: unary(quickGelu, () => 'float32'),
  silu: unary(silu, () => 'float32'),
  gelu: unary(gelu, () => 'float32'),
  geluTanh: unary(geluTanh, () => 'float32'),
  attention: { make: () => ({ inputs: attentionInputs(), run: (q, k, v) => attention(q!, k!, v!) }) },
  layerNorm: {
    make: () => {
      const shape = [...anyShape(1 + random.integer(2)), 1 + random.integer(17)];
      const width = () => (random.next() < 0.1 ? shape.at(-1)! + 1 : shape.at(-1)!);
      const inputs = [tensor(shape, 'float32', 'moderate'), tensor([width()], 'float32'), tensor([width()], 'float32')];
      return { inputs, run: (x, w, b) => layerNorm(x!, w as tf.Tensor1D, b as tf.Tensor1D) };
    },
    tolerance: 1e-3,
  },
  softmaxCrossEntropy: {
    make: () => {
      const [rows, classes] = [1 + random.integer(4), 2 + random.integer(4)];
      const inputs = [
        tensor([rows, classes], 'float32', random.next() < 0.3 && 'moderate'),
        indices([rows], -1, classes + 1),
      ];
      return { inputs, run: (z, y) => softmaxCrossEntropy(z as tf.Tensor2D, y as tf.Tensor1D) };
    },
  },
};

agrees('fused ops', ops);
