import * as tf from '@tensorflow/tfjs-core';
import type { KernelTable } from './kernel.js';
import { requireType } from './types.js';

export const matmulKernels: KernelTable = {
  /** [..., m, k] × [..., k, n] → [..., m, n]; either side may be transposed; `alpha` scales the product at no cost. */
  BatchMatMul: (backend, { a, b }, { transposeA, transposeB, alpha = 1 }) => {
    requireType('matMul', [a, b], 'float32');
    const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
    if (a.shape.length < 2 || b.shape.length < 2 || inner[0] !== inner[1]) {
      const turned = [transposeA, transposeB].map(Boolean);
      throw new Error(
        `Error in matMul: inner shapes (${inner[0]}) and (${inner[1]}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
          `and transposeA=${turned[0]} and transposeB=${turned[1]} must match, and both must be matrices.`,
      );
    }
    const [rows, columns] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)];
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...batch, rows, columns];
    if (inner[0] === 0) return backend.filled(0, shape, 'float32');
    const turned = { a: backend.transposedName(a), b: backend.transposedName(b) };
    const names = [turned.a ?? backend.nameOf(a), turned.b ?? backend.nameOf(b)];
    const [turnA, turnB] = [
      Boolean(transposeA) !== (turned.a !== undefined),
      Boolean(transposeB) !== (turned.b !== undefined),
    ];
    const facts = {
      operations: 2 * tf.util.sizeFromShape(shape) * a.shape.at(transposeA ? -2 : -1)!,
      ranks: [a.shape.length, b.shape.length] as const,
    };
    if (!turnA && !turnB && alpha === 1) return backend.product('MatMul', names, shape, facts);
    const attributes = { transA: turnA ? 1 : 0, transB: turnB ? 1 : 0, alpha: { float: alpha } };
    return backend.product('FusedMatMul', names, shape, facts, attributes, 'com.microsoft');
  },
};
