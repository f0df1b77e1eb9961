import type { Picture } from '../colour.js';
import { checkSize, decodeWithLibrary, type Room } from '../library.js';
import { turnBack } from '../turn.js';
import { heifOrientation, heifSizes } from './properties.js';

/** Whether a file starts like AVIF or HEIC. */
export const looksLikeHeif = (file: Uint8Array): boolean =>
  String.fromCharCode(...file.subarray(4, 8)) === 'ftyp' &&
  /^(avi[fs]|he[iv][cmsx]|mif1|msf1)$/.test(String.fromCharCode(...file.subarray(8, 12)));

/**
 * Decodes the main picture of an AVIF, or of a HEIC if the system's libvips can: the one bundled with sharp cannot.
 * Colours are the library's; Pillow's differ slightly.
 *
 * @param orientation whether to apply the file's orientation
 * @throws one sentence without a file name, or the library's error
 */
export async function decodeHeif(file: Uint8Array, orientation: boolean, room: Room): Promise<Picture> {
  for (const [width, height] of heifSizes(file)) checkSize(width, height); // otherwise the library prints a line
  const seen = await decodeWithLibrary(file, false, room).catch((cause: unknown) => {
    if (!/HEVC|compression format has not been built in|browser cannot decode/.test(String(cause))) throw cause;
    throw new Error(HEIC_ADVICE, { cause });
  });
  return orientation ? seen : turnBack(seen, heifOrientation(file));
}

const HEIC_ADVICE =
  'it is HEIC, which needs a system libvips with HEVC; convert it to JPEG, as with `heif-convert -q 95 photo.heic photo.jpg`';
