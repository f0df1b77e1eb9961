import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { activeBackend } from '../backend/backend.js';
import { compile } from '../compile.js';
import { record } from '../record.js';
import { useDevice } from './device.js';
import { placementIn, placementOn, placementText, watchPlacement } from './placement.js';

test('distinguishes nodes that ran on the CPU from those on the device, ignoring copies between them', () => {
  const ran = (op: string, provider: string) => ({
    ...{ cat: 'Node', name: `${op}_1_kernel_time` },
    args: { op_name: op, provider: `${provider}ExecutionProvider` },
  });
  const events = [
    { cat: 'Session', name: 'model_run' },
    ran('MatMul', 'WebGpu'),
    ran('MemcpyToHost', 'WebGpu'),
    ran('OneHot', 'CPU'),
    ran('OneHot', 'CPU'),
    { ...ran('MatMul', 'WebGpu'), cat: 'Api' },
  ];
  expect(placementIn(events, 'webgpu')).toEqual({ device: 'webgpu', nodes: 3, onCpu: { OneHot: 2 } });
});

test("reads the placement from ONNX Runtime's profile and leaves no file behind", async () => {
  await useDevice({ threads: 1 });
  const { model } = record(activeBackend()!, () => tf.fill([2], 3), []);
  const watch = watchPlacement('webgpu')!;
  const session = await ort.InferenceSession.create(model, { ...watch.options, graphOptimizationLevel: 'disabled' });
  await session.run({});
  const before = placementOn('webgpu'); // other tests may have run on the device
  expect(watch.read(session)).toEqual({ device: 'webgpu', nodes: 1, onCpu: { Expand: 1 } });
  await session.release();
  expect(existsSync(dirname(watch.options.profileFilePrefix!))).toBe(false);
  const after = placementOn('webgpu');
  expect([after.nodes, after.onCpu.Expand]).toEqual([before.nodes + 1, (before.onCpu.Expand ?? 0) + 1]);
});

test('nothing is watched on the CPU', async () => {
  await useDevice({ threads: 1 });
  const double = compile((x: tf.Tensor) => tf.mul(x, 2));
  await double(tf.ones([2]));
  expect(double.graphs[0]!.placement).toBeUndefined();
  expect(watchPlacement('cpu')).toBeUndefined();
});

test('nodes that a device could not run are counted, and named in order', () => {
  const onCpu = { Sign: 1, OneHot: 2 };
  expect(placementText({ device: 'webgpu', nodes: 412, onCpu })).toBe(
    'webgpu: 3 of 412 nodes run on the CPU: OneHot, Sign',
  );
  expect(placementText({ device: 'cuda', nodes: 9, onCpu: {} })).toBe('cuda: none of 9 nodes run on the CPU');
});

test('the text is undefined if nothing ran on the device', () => {
  expect(placementText({ device: 'webgpu', nodes: 0, onCpu: {} })).toBeUndefined();
});
