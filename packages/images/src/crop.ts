import type { Picture } from './decode.js';
import { roundHalfToEven } from './round.js';

/** A rectangle of an image, in pixels. */
export interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * Area (as a fraction of the image's) and aspect ratio of random crops: the defaults of torchvision and most published
 * recipes.
 */
export const CROP_SCALE = [0.08, 1] as const;
export const CROP_RATIO = [3 / 4, 4 / 3] as const;
const CROP_TRIES = 10;

/**
 * Crops a picture.
 *
 * @param box inside the picture
 *
 * @example
 * ```ts
 * import { crop, decode } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(crop(picture, { top: 1, left: 2, width: 4, height: 3 }).data.length); // 36
 * ```
 */
export function crop({ width: from, data }: Picture, { top, left, height, width }: Box): Picture {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * from + left) * 3;
    out.set(data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data: out };
}

/** `crop` in the picture's own memory, which it overwrites: a copy of a huge picture would be just as huge. */
export function cropInPlace({ width: from, data }: Picture, { top, left, height, width }: Box): Picture {
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * from + left) * 3;
    data.copyWithin(y * width * 3, start, start + width * 3); // never overwrites a row still to be moved
  }
  return { width, height, data: data.subarray(0, width * height * 3) };
}

/**
 * The central square of a picture (torchvision's `CenterCrop`).
 *
 * @param size side in pixels, at most the picture's width and height
 *
 * @example
 * ```ts
 * import { centreCrop, decode } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(centreCrop(picture, 4).width); // 4
 * ```
 */
export function centreCrop(picture: Picture, size: number): Picture {
  return crop(picture, centreBox(picture, size));
}

/** The box of the central square. */
export function centreBox({ width, height }: { width: number; height: number }, size: number): Box {
  const top = roundHalfToEven((height - size) / 2);
  const left = roundHalfToEven((width - size) / 2);
  return { top, left, height: size, width: size };
}

/**
 * Mirrors a picture left to right.
 *
 * @example
 * ```ts
 * import { decode, flip } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(flip(picture).data.slice(0, 3)); // Uint8Array(3) [ 255, 0, 0 ]
 * ```
 */
export function flip({ width, height, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y * width + width - 1 - x) * 3;
      for (let channel = 0; channel < 3; channel++) out[to + channel] = data[from + channel]!;
    }
  return { width, height, data: out };
}

/** @throws one sentence for areas that no crop can have */
export function checkCropScale([least, most]: readonly [number, number] = CROP_SCALE): void {
  if (!(least > 0 && least <= most && most <= 1))
    throw new Error(`The scale of crops is [${least}, ${most}]; it must be two areas above 0 and at most 1, in order.`);
}

/** A random crop, before the picture's size is known: numbers in [0, 1) that determine its box. */
export type CropDraws = { area: number; ratio: number; top: number; left: number }[];

/**
 * Draws the numbers for a random resized crop. Always draws equally many, so that images can be loaded in any order.
 *
 * @example
 * ```ts
 * import { cropBox, drawCrop } from '@dgprompt/images';
 *
 * const draws = drawCrop({ next: () => 0.5 });
 * console.log(cropBox({ width: 100, height: 80 }, draws)); // { top: 7, left: 17, width: 66, height: 66 }
 * ```
 */
export function drawCrop(random: { next(): number }): CropDraws {
  return Array.from({ length: CROP_TRIES }, () => ({
    area: random.next(),
    ratio: random.next(),
    top: random.next(),
    left: random.next(),
  }));
}

/**
 * The box of a random resized crop (torchvision's `RandomResizedCrop.get_params`): an area within `scale` times the
 * image's and an aspect ratio within `CROP_RATIO`; the first of ten tries that fits, otherwise the largest central box
 * within the ratios.
 *
 * @example
 * ```ts
 * import { cropBox, drawCrop } from '@dgprompt/images';
 *
 * const box = cropBox({ width: 100, height: 80 }, drawCrop({ next: () => 0.5 }));
 * console.log(box.width <= 100 && box.height <= 80); // true
 * ```
 */
export function cropBox(
  { width, height }: { width: number; height: number },
  draws: CropDraws,
  [least, most]: readonly [number, number] = CROP_SCALE,
): Box {
  const [low, high] = CROP_RATIO;
  for (const draw of draws) {
    const area = width * height * (least + draw.area * (most - least));
    const ratio = Math.exp(Math.log(low) + draw.ratio * (Math.log(high) - Math.log(low)));
    const box = { width: Math.round(Math.sqrt(area * ratio)), height: Math.round(Math.sqrt(area / ratio)) };
    if (box.width < 1 || box.height < 1 || box.width > width || box.height > height) continue;
    const top = Math.floor(draw.top * (height - box.height + 1));
    const left = Math.floor(draw.left * (width - box.width + 1));
    return { top, left, ...box };
  }
  const box = {
    width: width / height > high ? Math.round(height * high) : width,
    height: width / height < low ? Math.round(width / low) : height,
  };
  return { top: Math.floor((height - box.height) / 2), left: Math.floor((width - box.width) / 2), ...box };
}
