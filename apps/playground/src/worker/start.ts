import { activeDevice, useDevice, useWasm } from '@dgprompt/engine';
import { pictogramTasks, taskTitle } from '@dgprompt/pictograms';
import { taskCounts } from 'virtual:task-counts';
import type { Calls } from './protocol.js';
import { wasmFiles } from './wasm-files.js';

/** Starts the engine on a device; without WebGPU it is WebAssembly. */
export async function startEngine({ device }: Calls['start']['params']): Promise<Calls['start']['result']> {
  const webgpu = await hasWebgpu();
  const chosen = device === 'webgpu' && webgpu ? 'webgpu' : 'wasm';
  useWasm({ paths: wasmFiles[chosen] });
  await useDevice(chosen === 'webgpu' ? 'webgpu' : 'cpu');
  const cores = navigator.hardwareConcurrency || 1;
  return {
    threads: crossOriginIsolated ? activeDevice().threads || cores : 1,
    cores,
    isolated: crossOriginIsolated,
    simd: true,
    device: chosen,
    webgpu,
    tasks: pictogramTasks().map(id => ({ id, title: taskTitle(id), ...taskCounts[id]! })),
  };
}

async function hasWebgpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
}
