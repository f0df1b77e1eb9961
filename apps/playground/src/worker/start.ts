import { taskCounts } from 'virtual:task-counts';
import { compile, useDevice, useWasm } from '@dgprompt/engine';
import { pictogramTasks, taskTitle } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import type { Calls } from './protocol.js';
import { session } from './session.js';

/** Starts the engine on a device, falling back to WebAssembly without WebGPU. */
export async function startEngine({ assets, device }: Calls['start']['params']): Promise<Calls['start']['result']> {
  const webgpu = await hasWebgpu();
  const chosen = device === 'webgpu' && webgpu ? 'webgpu' : 'wasm';
  useWasm({ paths: new URL('ort/', assets).href });
  const cores = navigator.hardwareConcurrency || 1;
  const threads = crossOriginIsolated ? cores : 1;
  await useDevice({ device: chosen === 'webgpu' ? 'webgpu' : 'cpu', threads });
  void warmUp().catch(() => {}); // errors are reported when the engine is used
  session.assets = assets;
  session.device = chosen;
  return {
    threads,
    cores,
    isolated: crossOriginIsolated,
    simd: true,
    device: chosen,
    webgpu,
    tasks: pictogramTasks().map(id => ({ id, title: taskTitle(id), ...taskCounts[id]! })),
  };
}

/** Compiles WebAssembly and starts its threads while CLIP and pictures are being fetched. */
async function warmUp(): Promise<void> {
  const double = compile((x: tf.Scalar) => tf.mul(x, 2));
  tf.dispose(await double(tf.scalar(1)));
  await double.dispose();
}

async function hasWebgpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
}
