import sharp from 'sharp';

/**
 * The versions of the libraries that decode and resize: another one may give other pixels.
 *
 * @example
 * ```ts
 * import { decoder } from '@dgprompt/images';
 *
 * console.log(decoder()); // sharp …
 * ```
 */
export const decoder = (): string => `sharp ${sharp.versions.sharp ?? ''}, libvips ${sharp.versions.vips}`;
