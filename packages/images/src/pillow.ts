import { environment } from '@dgprompt/io';

/** A version of Pillow whose resizing order can be reproduced. */
export type PillowVersion = 12 | 13;

let chosen: PillowVersion | undefined;

/**
 * Selects the version of Pillow to reproduce from now on. Versions differ if a picture, or a crop of one, loses more
 * than twice as many rows as columns: 13 resizes the height first, 12 and older the width, which changes up to a
 * quarter of the values, most of them by one level. The published results were made with older versions.
 *
 * @param version undefined restores the default: 13, unless the environment's `DGPROMPT_PILLOW` is 12
 * @throws one sentence unless it is 12 or 13
 *
 * @example
 * ```ts
 * import { pillow, usePillow } from '@dgprompt/images';
 *
 * usePillow(12);
 * console.log(pillow()); // 12
 * ```
 */
export function usePillow(version: PillowVersion | undefined): void {
  if (version !== undefined && !isVersion(version))
    throw new Error(`Pillow's version must be 12 or 13, not ${version}.`);
  chosen = version;
}

/**
 * The version of Pillow whose resizing order is reproduced.
 *
 * @throws one sentence if the environment's `DGPROMPT_PILLOW` is neither 12 nor 13
 *
 * @example
 * ```ts
 * import { pillow, usePillow } from '@dgprompt/images';
 *
 * usePillow(13);
 * console.log(pillow()); // 13
 * ```
 */
export function pillow(): PillowVersion {
  if (chosen !== undefined) return chosen;
  const { DGPROMPT_PILLOW: given } = environment();
  if (given === undefined || given === '') return 13;
  if (!isVersion(Number(given))) throw new Error(`DGPROMPT_PILLOW must be 12 or 13, not ${JSON.stringify(given)}.`);
  return Number(given) as PillowVersion;
}

const isVersion = (version: number): version is PillowVersion => version === 12 || version === 13;
