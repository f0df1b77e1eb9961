import { randomStream } from '@dgprompt/io';
import type { FeatureStore, Transform } from './transform.js';

export interface DrawnTransformsOptions {
  /** Views per image. */
  count: number;
  /** Views depend on it and on an image's index among the paths, not on the folder. */
  seed: number;
  /** Where frozen features of these views are kept for other processes. Default: nowhere */
  features?: FeatureStore;
}

/** Random views, drawn once: `count` fixed views of every image. */
export function drawnTransforms(
  transform: Transform,
  paths: readonly string[],
  { count, seed, features }: DrawnTransformsOptions,
): Transform[] {
  return Array.from({ length: count }, (_, k) => {
    const random = randomStream(seed).fork('drawn view', k);
    const seeds = new Map(paths.map(path => [path, random.integer(2 ** 32)]));
    const drawn = () => JSON.stringify([features?.setting, paths.map(path => seeds.get(path))]);
    return {
      fixed: true,
      ...(features && { features: { ...features, setting: drawn() } }),
      load: path => transform.load(path, randomStream(seeds.get(path)!)),
    };
  });
}
