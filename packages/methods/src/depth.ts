import type { Clip } from '@dgprompt/clip';

/** Layers of the shallower tower: as deep as prompts go that live in both at once. */
export function sharedLayers({ config }: Clip): number {
  return Math.min(config.text.layers, config.vision.layers);
}
