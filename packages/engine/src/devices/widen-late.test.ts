import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { float32ToFloat16 } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { activeBackend } from '../backend/backend.js';
import { seededRandom } from '../random.js';
import { record } from '../record.js';
import { createSession, sessionTensor } from '../runtime/onnxruntime.js';
import { storedFile } from '../runtime/stored-file.js';
import type { Graph } from '../tracing/onnx-model.js';
import { storedTensor } from '../weights/index.js';
import { sessionOptions, useDevice } from './device.js';
import { widenLate } from './widen-late.js';

/** Two layers whose weights are in a file in half precision, one of them in two parts and transposed. */
const path = join(mkdtempSync(join(tmpdir(), 'late-')), 'weights');
/** Smaller weights are read at once. */
const K = 1024;
const values = (count: number, seed: number) => seededRandom(seed).normal([count], 1).dataSync<'float32'>();

beforeAll(async () => {
  await useDevice({ threads: 1 });
  writeFileSync(path, Buffer.from(float32ToFloat16(Float32Array.from(values(96 * K + 64 * K, 1))).buffer));
});

function layers() {
  const file = storedFile(path);
  const part = (offset: number, size: number) => ({ file, offset: 2 * offset, type: 'float16' as const, size });
  const first = storedTensor([part(0, 48 * K), part(48 * K, 48 * K)], [K, 96], { transposed: true });
  const second = storedTensor([part(96 * K, 64 * K)], [64, K], {});
  return (x: tf.Tensor) => {
    const hidden = tf.relu(tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D)); // [3, 96]
    return tf.matMul(tf.slice(hidden, [0, 0], [3, 64]), second as tf.Tensor2D);
  };
}

async function results(adapt: (graph: Graph) => Graph) {
  const x = tf.tensor2d(values(3 * K, 2), [3, K]);
  const recording = record(activeBackend()!, layers() as never, [x], adapt);
  const session = await createSession(recording.model, sessionOptions(recording.folder));
  const [input] = recording.arguments;
  const outputs = await session.run({
    [input!.symbol.name]: sessionTensor('float32', x.dataSync<'float32'>(), [3, K]),
  });
  return [...(Object.values(outputs)[0]!.data as Float32Array)];
}

describe('16-bit weights widened when they are needed', () => {
  it('give the same values, up to the order of sums: ONNX Runtime packs only constant factors', async () => {
    let late: Graph | undefined;
    const plain = await results(graph => graph);
    const own = await results(graph => {
      late = widenLate(graph, { much: 1, small: 1 });
      return late;
    });
    const largest = Math.max(...plain.map(Math.abs));
    own.forEach((value, i) => {
      expect(Math.abs(value - plain[i]!) / largest).toBeLessThan(1e-6);
    });
    expect(late!.nodes.filter(({ op }) => op === 'Cast')).toHaveLength(3 + 2);
    expect(late!.nodes.filter(({ op }) => op === 'IsNaN')).toHaveLength(2);
  });

  it('leave graphs with few weights unchanged', async () => {
    await results(graph => {
      expect(widenLate(graph)).toBe(graph);
      return graph;
    });
  });
});
