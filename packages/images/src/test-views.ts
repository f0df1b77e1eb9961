import { type Box, centreBox, crop, flip } from './crop.js';
import { denormalise, normalise } from './normalise.js';
import { padded } from './pad.js';
import { fullPreparation, type Preparation } from './preparation.js';
import { resize } from './resize.js';

/**
 * Number of views of each image that a test averages over. 5: unchanged, mirrored, zoomed, shrunk, and both shrunk and
 * mirrored; 9: these and the four corners, zoomed.
 */
export type Views = 1 | 5 | 9;

/** Side of a zoomed crop and of a shrunk image, as a fraction of the image's: 38 of the mini-CLIP's 48 pixels. */
const scale = 38 / 48;

/**
 * Views of an image for a test, all made from its one decoded square with the filter of `resize`: the first is the
 * unchanged image. A zoomed view is the central square of 38/48 of the side; a shrunk one has that side and is padded
 * with the mean colour of its border.
 *
 * @param pixels normalised, [3, size, size], row-major
 * @param given side in pixels, at least 2; or the preparation that the pixels were made with
 * @param views 1, 5 or 9
 * @returns `views` images, [3, size, size] each
 * @throws one sentence for another number of views
 *
 * @example
 * ```ts
 * import { evalPixels, testViews } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const pixels = await evalPixels(new TextEncoder().encode(svg), 6);
 * console.log(testViews(pixels, 6, 5).length); // 5
 * ```
 */
export function testViews(pixels: Float32Array, given: number | Preparation, views: Views): Float32Array[] {
  checkViews(views);
  if (views === 1) return [pixels];
  const preparation = fullPreparation(given);
  const { size, interpolation } = preparation;
  const whole = denormalise(pixels, size, size, preparation);
  const side = Math.max(1, Math.round(scale * size));
  const zoomed = (box: Box) => resize(crop(whole, box), size, size, { interpolation });
  const shrunk = resize(whole, side, side, { interpolation });
  const small = padded(shrunk, size, borderColour(shrunk.data, side));
  const made = [flip(whole), zoomed(centreBox(whole, side)), small, flip(small)];
  if (views === 9) {
    const [near, far] = [0, size - side];
    for (const top of [near, far])
      for (const left of [near, far]) made.push(zoomed({ top, left, height: side, width: side }));
  }
  return [pixels, ...made.map(view => normalise(view, preparation))];
}

/**
 * Checks a number of views.
 *
 * @throws one sentence unless it is 1, 5 or 9
 *
 * @example
 * ```ts
 * import { checkViews } from '@dgprompt/images';
 *
 * checkViews(5);
 * console.log('five views'); // five views
 * ```
 */
export function checkViews(views: number): asserts views is Views {
  if (views !== 1 && views !== 5 && views !== 9) throw new Error(`views is ${views}; it must be 1, 5 or 9.`);
}

/** The mean of the outermost pixels of a square, rounded. */
function borderColour(data: Uint8Array, side: number): number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      if (x > 0 && x < side - 1 && y > 0 && y < side - 1) continue;
      for (let channel = 0; channel < 3; channel++) sums[channel]! += data[(y * side + x) * 3 + channel]!;
      count++;
    }
  return sums.map(sum => Math.round(sum / count));
}
