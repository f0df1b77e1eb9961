import { join } from 'node:path';
import { decoder } from '@dgprompt/images';
import { cacheFolder } from '@dgprompt/io';
import type { FeatureStore } from '@dgprompt/methods/features';
import { machine, versions } from '../records/environment.js';

/**
 * The cache for frozen CLIP features of images and hand-written prompts, shared by all runs and processes. Its key
 * includes everything that may change a bit of them: device, threads, processor, versions.
 *
 * @example
 * ```ts
 * import { featureStore } from '@dgprompt/bench/data';
 *
 * console.log(featureStore({ threads: 1 }).folder); // …features
 * ```
 */
export function featureStore(compute: {
  device?: string;
  backend?: string;
  threads?: number;
  precision?: string;
}): FeatureStore {
  const { device = 'cpu', backend = 'onnxruntime', threads = 0, precision = 'fp32' } = compute;
  const { cpu, cores } = machine();
  const at = [device, backend, threads === 0 ? cores : threads, cpu, versions(), decoder()];
  const setting = precision === 'fp32' ? at : [...at, precision];
  return { folder: join(cacheFolder(), 'features'), setting: JSON.stringify(setting) };
}
