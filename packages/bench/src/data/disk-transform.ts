import { diskCache } from '@dgprompt/datasets/files';
import {
  decoder,
  evalPixels,
  type FullPreparation,
  fullPreparation,
  normalise,
  type Preparation,
  preparationName,
} from '@dgprompt/images';
import type { FeatureStore } from '@dgprompt/methods/features';
import { cachedTransform, evalTransform, type Transform } from '@dgprompt/methods/transforms';

/**
 * The published test transform, cached in memory up to a limit and, if a folder is given, on disk as decoded, resized
 * bytes that give the same numbers as the images. Frozen features are cached in `features`.
 *
 * @param given the CLIP's preprocessing, or only its image size
 *
 * @example
 * ```ts
 * import { evalTransformFor } from '@dgprompt/bench/data';
 *
 * console.log(evalTransformFor(224).fixed); // true
 * ```
 */
export function evalTransformFor(
  given: number | Preparation,
  { cache: folder, features }: { cache?: string; features?: FeatureStore } = {},
): Transform {
  if (folder === undefined) return cachedTransform({ ...evalTransform(given), features });
  const preparation = fullPreparation(given);
  const load = diskCache({
    folder,
    view: viewName(preparation),
    load: async path => toBytes(await evalPixels(path, preparation), preparation), // in the workers, as without a cache
  });
  const values = valuesOf(preparation);
  return cachedTransform({ fixed: true, features, load: async path => fromBytes(await load(path), values) });
}

/** Everything that determines the bytes; mean and deviation are applied only afterwards. */
function viewName({ mean: _, std: __, ...preparation }: FullPreparation): string {
  const own = preparationName(preparation);
  return `test-${preparation.size}${own && `, ${own}`}, ${decoder()}`;
}

/** The normalised value of each byte, by channel: [3, 256]. */
const valuesOf = (preparation: FullPreparation): Float32Array =>
  normalise(
    { width: 256, height: 1, data: Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3)) },
    preparation,
  );

/** Converts normalised pixels [3, R, R] back to bytes. */
export function toBytes(pixels: Float32Array, preparation = fullPreparation(1)): Uint8Array {
  const each = pixels.length / 3;
  const bytes = new Uint8Array(pixels.length);
  for (let channel = 0; channel < 3; channel++) {
    const [mean, std] = [preparation.mean[channel]!, preparation.std[channel]!];
    for (let i = channel * each; i < (channel + 1) * each; i++) bytes[i] = Math.round((pixels[i]! * std + mean) * 255);
  }
  return bytes;
}

/** The inverse of `toBytes`, bit for bit. @param values of each byte, by channel: [3, 256] */
export function fromBytes(bytes: Uint8Array, values = valuesOf(fullPreparation(1))): Float32Array {
  const each = bytes.length / 3;
  const pixels = new Float32Array(bytes.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = channel * each; i < (channel + 1) * each; i++) pixels[i] = values[256 * channel + bytes[i]!]!;
  }
  return pixels;
}
