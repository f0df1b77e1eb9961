import { readPlainFile } from '@dgprompt/io';
import type { Picture } from './colour.js';

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

/** The encoded bytes of an image; a browser has decoded some images already. */
export const readSource = async (source: ImageSource): Promise<Uint8Array | Picture> =>
  typeof source === 'string' ? readPlainFile(source) : source;

/** What errors call an image. */
export const nameOf = (source: ImageSource): string =>
  typeof source === 'string' ? source : `The image of ${source.byteLength} bytes`;
