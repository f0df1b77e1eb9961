import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../median.js';
import { timed } from '../timed.js';
import { readyStep } from './step.js';

export interface BackendOptions {
  backend: 'onnxruntime' | 'tensorflow' | 'cpu' | 'wasm';
  method: string;
  batch: number;
  threads: number;
  repeats: number;
}

export interface BackendTiming {
  /** Median of the timed steps, in seconds. */
  seconds: number;
  loss: number;
}

/** A training step of the mini-CLIP on a tfjs backend. */
export async function backend({ backend, threads, repeats, ...options }: BackendOptions): Promise<BackendTiming> {
  if (backend === 'wasm') await useWasm(threads);
  else await useDevice({ backend, threads });
  const { run } = await readyStep(await loadClip(miniClip), options);
  let loss = 0;
  const [, ...later] = await timed(repeats + 1, async () => {
    loss = await run();
  });
  return { seconds: median(later), loss };
}

async function useWasm(threads: number): Promise<void> {
  const name = '@tensorflow/tfjs-backend-wasm';
  let wasm: { setThreadsCount(count: number): void };
  try {
    wasm = await import(name);
  } catch {
    throw new Error(`${name} is not installed.`);
  }
  if (threads > 0) wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  await tf.ready();
}
