import { createRequire } from 'node:module';
import type sharp from 'sharp';
import { pillow } from './pillow.js';

/**
 * The versions of the libraries that decode, and of Pillow, whose pixels are followed: another one may give others.
 *
 * @example
 * ```ts
 * import { decoder } from '@dgprompt/images';
 *
 * console.log(decoder()); // sharp …
 * ```
 */
export function decoder(): string {
  const { versions } = library();
  return `sharp ${versions.sharp ?? ''}, libvips ${versions.vips}, Pillow ${pillow()}'s pixels`;
}

/**
 * Whether HEIC files can be decoded: with a libvips of the system that has HEVC, but not with the one that comes with
 * sharp.
 *
 * @example
 * ```ts
 * import { canDecodeHeic } from '@dgprompt/images';
 *
 * console.log(typeof canDecodeHeic()); // boolean
 * ```
 */
export function canDecodeHeic(): boolean {
  const { heif } = library().format;
  return heif.input.fileSuffix?.includes('.heic') ?? false;
}

const library = () => createRequire(import.meta.url)('sharp') as typeof sharp; // not before it is asked for
