import { CLIP_MEAN, CLIP_STD } from './normalise.js';

/** How a CLIP's images are prepared. Everything except the size defaults to the settings of OpenAI's models. */
export interface Preparation {
  /** Side of the square in pixels. */
  size: number;
  /** Mean and standard deviation of red, green and blue, for values in [0, 1]. */
  mean?: readonly number[];
  std?: readonly number[];
  /**
   * How the image becomes a square: resize its shorter side to the size and keep the central square (`shortest`);
   * resize its longer side and add a border (`longest`); or resize both sides (`squash`). Default: shortest
   */
  resize?: 'shortest' | 'longest' | 'squash';
  /** Pixels of the shorter side before the central crop. Default: the size */
  shortSide?: number;
  /** Value of the border, 0 to 255. Default: 0 */
  fill?: number;
  /** Pillow's filter. Default: bicubic */
  interpolation?: 'bicubic' | 'bilinear';
}

/** A preparation with its defaults filled in. */
export type FullPreparation = Required<Preparation>;

/** A preparation from a size alone, i.e. OpenAI's, or as given. */
export const asPreparation = (given: number | Preparation): Preparation =>
  typeof given === 'number' ? { size: given } : given;

/**
 * Fills in a preparation's missing settings with OpenAI's.
 *
 * @param given a preparation, or only the size
 * @throws one sentence naming the invalid setting
 *
 * @example
 * ```ts
 * import { fullPreparation } from '@dgprompt/images';
 *
 * const { resize, std } = fullPreparation({ size: 224, std: [0.5, 0.5, 0.5] });
 * console.log(resize, std); // shortest [ 0.5, 0.5, 0.5 ]
 * ```
 */
export function fullPreparation(given: number | Preparation): FullPreparation {
  const preparation = asPreparation(given);
  const { size, mean = CLIP_MEAN, std = CLIP_STD, shortSide = size, fill = 0 } = preparation;
  const { resize = 'shortest', interpolation = 'bicubic' } = preparation;
  check('size', size, Number.isInteger(size) && size >= 1, 'a positive whole number');
  check('shortSide', shortSide, Number.isInteger(shortSide) && shortSide >= size, 'a whole number, at least the size');
  check('mean', mean, mean.length === 3 && mean.every(Number.isFinite), 'three numbers');
  check('std', std, std.length === 3 && std.every(value => value > 0 && value < Infinity), 'three positive numbers');
  check('fill', fill, fill >= 0 && fill <= 255, 'from 0 to 255');
  check('resize', resize, ['shortest', 'longest', 'squash'].includes(resize), 'shortest, longest or squash');
  check('interpolation', interpolation, ['bicubic', 'bilinear'].includes(interpolation), 'bicubic or bilinear');
  return { size, mean, std, resize, shortSide, fill, interpolation };
}

function check(name: string, value: unknown, isRight: boolean, must: string): void {
  if (!isRight) throw new Error(`Preparation of images: ${name} is ${JSON.stringify(value)}; it must be ${must}.`);
}

/**
 * A preparation's differences from OpenAI's, for a name or a listing; empty for OpenAI's, whatever the size.
 *
 * @example
 * ```ts
 * import { preparationName } from '@dgprompt/images';
 *
 * console.log(preparationName({ size: 224, resize: 'squash' })); // resize squash
 * ```
 */
export function preparationName(given: Preparation): string {
  const full = fullPreparation(given);
  const plain = fullPreparation(full.size);
  const names = ['resize', 'shortSide', 'fill', 'interpolation', 'mean', 'std'] as const;
  return names
    .filter(name => JSON.stringify(full[name]) !== JSON.stringify(plain[name]))
    .map(name => `${name} ${Array.isArray(full[name]) ? (full[name] as number[]).join(' ') : full[name]}`)
    .join(', ');
}
