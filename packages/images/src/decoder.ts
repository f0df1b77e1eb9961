import { createRequire } from 'node:module';
import type sharp from 'sharp';
import { pillow } from './pillow.js';

/**
 * Versions of the decoding libraries, and of Pillow, whose pixels are reproduced: other versions may give other pixels.
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
 * Whether HEIC files can be decoded: requires a system libvips with HEVC; the one bundled with sharp lacks it.
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

const library = () => createRequire(import.meta.url)('sharp') as typeof sharp; // loaded on first use
