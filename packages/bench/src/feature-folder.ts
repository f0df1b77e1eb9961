import { join } from 'node:path';
import type { FeatureStore } from '@dgprompt/methods';
import { cacheFolder } from '@dgprompt/pictograms';
import { machine, versions } from './environment.js';

/**
 * Where features of the frozen CLIP, of images and of hand-written prompts, are kept for all runs and processes. Whatever may change a bit of them belongs to their name: how they are
 * computed, on which processor, by which versions.
 */
export function featureStore(compute: { device?: string; backend?: string; threads?: number }): FeatureStore {
  const { device = 'cpu', backend = 'onnxruntime', threads = 0 } = compute;
  const { cpu, cores } = machine();
  const setting = ['test view', device, backend, threads === 0 ? cores : threads, cpu, versions()];
  return { folder: join(cacheFolder(), 'features'), setting: JSON.stringify(setting) };
}
