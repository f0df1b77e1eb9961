import type { Picture } from './decode.js';

/** A rectangle of an image, in pixels. */
export interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** How much of the image a random crop may take, and of what shape: torchvision's and the published recipes' defaults. */
export const CROP_SCALE = [0.08, 1] as const;
export const CROP_RATIO = [3 / 4, 4 / 3] as const;
const CROP_TRIES = 10;

/** Cuts a box, which lies inside the picture, out of it. */
export function crop({ width: from, data }: Picture, { top, left, height, width }: Box): Picture {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * from + left) * 3;
    out.set(data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data: out };
}

/** The square of `size` pixels in the middle of a picture that has at least that many each way (torchvision's `CenterCrop`). */
export function centreCrop(picture: Picture, size: number): Picture {
  return crop(picture, centreBox(picture, size));
}

/** The box of that square. */
export function centreBox({ width, height }: { width: number; height: number }, size: number): Box {
  const top = roundHalfToEven((height - size) / 2);
  const left = roundHalfToEven((width - size) / 2);
  return { top, left, height: size, width: size };
}

/** A picture mirrored left to right. */
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

/** A random crop before the picture is there: chances in [0, 1) that become a box once its size is known. */
export type CropDraws = { area: number; ratio: number; top: number; left: number }[];

/** Draws what a random resized crop needs. Always the same number of draws, so that one generator serves images loaded in any order. */
export function drawCrop(random: { next(): number }): CropDraws {
  return Array.from({ length: CROP_TRIES }, () => ({
    area: random.next(),
    ratio: random.next(),
    top: random.next(),
    left: random.next(),
  }));
}

/**
 * The box of a random resized crop (torchvision's `RandomResizedCrop.get_params`): an area between `CROP_SCALE` of the image's,
 * an aspect ratio between `CROP_RATIO`; the first of ten tries that fits, else the largest central box within the ratios.
 */
export function cropBox({ width, height }: { width: number; height: number }, draws: CropDraws): Box {
  const [low, high] = CROP_RATIO;
  for (const draw of draws) {
    const area = width * height * (CROP_SCALE[0] + draw.area * (CROP_SCALE[1] - CROP_SCALE[0]));
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

/** Python's `round`, which torchvision centres with. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (floor % 2) : Math.round(x);
}
