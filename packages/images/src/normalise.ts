import type { Picture } from './decode.js';

/**
 * Mean and standard deviation of CLIP's training images, red, green and blue, for values in [0, 1] (Radford et al.,
 * 2021).
 */
export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** Mean and standard deviation of red, green and blue, for values in [0, 1]. */
export interface Moments {
  mean: readonly number[];
  std: readonly number[];
}

const CLIP_MOMENTS: Moments = { mean: CLIP_MEAN, std: CLIP_STD };

const known = new Map<string, Float32Array[]>();

/** Results for all 256 values, with the same float32 steps as torchvision's `ToTensor` and `Normalize`. */
function tables({ mean, std }: Moments): Float32Array[] {
  const key = `${mean} ${std}`;
  const found =
    known.get(key) ??
    mean.map((centre, channel) =>
      Float32Array.from({ length: 256 }, (_, value) => {
        const centred = Math.fround(Math.fround(value / 255) - Math.fround(centre));
        return centred / Math.fround(std[channel]!);
      }),
    );
  if (known.size < MOST_KNOWN) known.set(key, found);
  return found;
}

/** Limit of the cache: programs use only a few CLIPs. */
const MOST_KNOWN = 16;

/**
 * A picture as input for a CLIP's vision tower: (value / 255 - mean) / std, channels first, [3, height, width].
 *
 * @param moments mean and standard deviation; default: those of OpenAI's models
 *
 * @example
 * ```ts
 * import { decode, normalise } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(normalise(picture)[0]!.toFixed(4)); // 1.9303
 * ```
 */
export function normalise({ width, height, data }: Picture, moments: Moments = CLIP_MOMENTS): Float32Array {
  const pixels = width * height;
  const out = new Float32Array(3 * pixels);
  const values = tables(moments);
  for (let channel = 0; channel < 3; channel++) {
    const table = values[channel]!;
    for (let i = 0, at = channel, to = channel * pixels; i < pixels; i++, at += 3) out[to + i] = table[data[at]!]!;
  }
  return out;
}

/**
 * The exact inverse of `normalise`. Values between the 256 levels are rounded to the nearest.
 *
 * @param pixels [3, height, width], row-major
 * @param moments as passed to `normalise`
 *
 * @example
 * ```ts
 * import { decode, denormalise, normalise } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(denormalise(normalise(picture), 8, 6).data.slice(0, 3)); // Uint8Array(3) [ 255, 0, 0 ]
 * ```
 */
export function denormalise(
  pixels: Float32Array,
  width: number,
  height: number,
  moments: Moments = CLIP_MOMENTS,
): Picture {
  const each = width * height;
  const data = new Uint8ClampedArray(3 * each);
  for (let channel = 0; channel < 3; channel++) {
    const [mean, std] = [moments.mean[channel]!, moments.std[channel]!];
    for (let i = 0; i < each; i++) data[3 * i + channel] = (pixels[channel * each + i]! * std + mean) * 255;
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}
