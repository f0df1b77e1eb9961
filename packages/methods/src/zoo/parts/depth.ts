import type { Clip } from '@dgprompt/clip';

/**
 * Layers of the vision tower that visual prompts can enter.
 * @throws one sentence for a convolutional tower, which has no layers of tokens
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { visionLayers } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * console.log(visionLayers(clip) === clip.config.vision.layers); // true
 * ```
 */
export function visionLayers({ config: { vision } }: Pick<Clip, 'config'>): number {
  if (vision.stages)
    throw new Error(
      `The vision tower of this CLIP is a ${vision.widths ? 'ConvNeXt' : 'ModifiedResNet'}, which takes no visual prompts: use a method without them, or a ViT.`,
    );
  return vision.layers;
}

/**
 * Layers of the shallower tower: the limit for prompts of both towers.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { sharedLayers } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * console.log(sharedLayers(clip) <= clip.config.text.layers); // true
 * ```
 */
export function sharedLayers(clip: Pick<Clip, 'config'>): number {
  return Math.min(clip.config.text.layers, visionLayers(clip));
}

/**
 * Layers from the first to the last.
 * @throws one sentence if the first is above the last
 */
export function layersBetween(method: string, first: number, last: number): number {
  if (first > last) throw new Error(`${method}: first is ${first} and last is ${last}; first must not be above last.`);
  return last - first + 1;
}
