import type { Picture } from '../colour.js';
import { rotated, shearedAcross, shearedDown, shifted } from './affine.js';
import { withBrightness, withColour, withContrast, withSharpness } from './enhance.js';
import { equalized, inverted, posterized, solarized, solarizedAfter, stretched } from './tones.js';

/** RandAugment before the picture is known: for each operation, numbers in [0, 1) that determine it. */
export type RandAugmentDraws = readonly { operation: number; sign: number; x: number; y: number }[];

/** Operations per picture, and their magnitude on a scale of 30. */
const OPERATIONS = 2;
const MAGNITUDE = 10;

/** Side in pixels of the images that distances below are for. */
const STANDARD_SIDE = 224;

/** Draws the numbers for one picture, always equally many. */
export function drawRandAugment(random: { next(): number }): RandAugmentDraws {
  return Array.from({ length: OPERATIONS }, () => ({
    operation: random.next(),
    sign: random.next(),
    x: random.next(),
    y: random.next(),
  }));
}

/** An operation's parameters for one picture: `value` is its strength, with a random sign in `signed`. */
interface Strength {
  value: number;
  signed: number;
  /** Pixels of a distance given for 224 pixels. */
  pixels(distance: number): number;
  x: number;
  y: number;
}

type Operation = readonly [least: number, most: number, apply: (picture: Picture, strength: Strength) => Picture];

/** Each with its strength at magnitudes 0 and 30. */
const operations: readonly Operation[] = [
  [0, 1, picture => stretched(picture)],
  [0, 1, picture => equalized(picture)],
  [0, 1, picture => inverted(picture)],
  [0, 30, (picture, { signed }) => rotated(picture, signed, 'nearest')],
  [4, 8, (picture, { value }) => posterized(picture, Math.trunc(value))],
  [0, 256, (picture, { value }) => solarized(picture, value)],
  [0, 110, (picture, { value }) => solarizedAfter(picture, value)],
  [0.1, 1.9, (picture, { value }) => withColour(picture, value)],
  [0.1, 1.9, (picture, { value }) => withContrast(picture, value)],
  [0.1, 1.9, (picture, { value }) => withBrightness(picture, value)],
  [0.1, 1.9, (picture, { value }) => withSharpness(picture, value)],
  [0, 0.3, (picture, { signed }) => shearedAcross(picture, signed, 'nearest')],
  [0, 0.3, (picture, { signed }) => shearedDown(picture, signed, 'nearest')],
  [0, 40, (picture, { value, pixels, x, y }) => cutOut(picture, pixels(value), x, y)],
  [0, 100, (picture, { signed, pixels }) => shifted(picture, pixels(signed), 0, 'nearest')],
  [0, 100, (picture, { signed, pixels }) => shifted(picture, 0, pixels(signed), 'nearest')],
];

/**
 * RandAugment (Cubuk et al., 2020) as in Dassl: two of sixteen operations, drawn with replacement, at magnitude 10 of
 * 30, with Pillow's rounding. Dassl shifts and cuts out a number of pixels that suits sides of 224; here it grows with
 * the side.
 *
 * @param picture a square of the model's input size
 */
export function randAugment(picture: Picture, draws: RandAugmentDraws): Picture {
  const pixels = (distance: number) => (distance * picture.width) / STANDARD_SIDE;
  return draws.reduce((current, { operation, sign, x, y }) => {
    const [least, most, apply] = operations[Math.floor(operation * operations.length)]!;
    const value = (MAGNITUDE / 30) * (most - least) + least;
    return apply(current, { value, signed: sign > 0.5 ? -value : value, pixels, x, y });
  }, picture);
}

/** Covers a square with the mean colour of ImageNet's photographs. */
function cutOut({ width, height, data }: Picture, side: number, x: number, y: number): Picture {
  const out = data.slice();
  const [left, top] = [x * width, y * height].map(middle => Math.floor(Math.max(0, middle - side / 2))) as [
    number,
    number,
  ];
  const [right, bottom] = [Math.trunc(Math.min(width, left + side)), Math.trunc(Math.min(height, top + side))];
  for (let row = top; row <= Math.min(bottom, height - 1); row++)
    for (let column = left; column <= Math.min(right, width - 1); column++)
      out.set([125, 123, 114], (row * width + column) * 3);
  return { width, height, data: out };
}
