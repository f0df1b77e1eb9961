import { createRequire } from 'node:module';
import type sharp from 'sharp';

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
export function decoder(): string {
  const { versions } = createRequire(import.meta.url)('sharp') as typeof sharp; // not before it is asked for
  return `sharp ${versions.sharp ?? ''}, libvips ${versions.vips}`;
}
