import { readPlainFile } from '@dgprompt/io';
import type { Picture } from './colour.js';

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

/** The encoded bytes of an image; in a browser, some images are already decoded. */
export const readSource = async (source: ImageSource): Promise<Uint8Array | Picture> =>
  typeof source === 'string' ? readPlainFile(source) : source;

/** An image's name in errors. */
export const nameOf = (source: ImageSource): string =>
  typeof source === 'string' ? source : `The image of ${source.byteLength} bytes`;
