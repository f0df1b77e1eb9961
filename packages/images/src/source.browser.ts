import { readPlainFile } from '@dgprompt/io';
import type { Picture } from './colour.js';
import { pictureOf, withoutAlpha } from './drawn.browser.js';

/**
 * An image: the path of a file of the tab or a URL, its encoded bytes, a `File` or `Blob`, or an image that the browser
 * has decoded.
 */
export type ImageSource =
  | string
  | Uint8Array
  | Blob
  | ImageBitmap
  | OffscreenCanvas
  | HTMLCanvasElement
  | { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray };

export async function readSource(source: ImageSource): Promise<Uint8Array | Picture> {
  if (typeof source === 'string') return readPlainFile(source);
  if (source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  return 'data' in source ? withoutAlpha(source as ImageData) : pictureOf(source);
}

export function nameOf(source: ImageSource): string {
  if (typeof source === 'string') return source.slice(0, 200);
  if (source instanceof Uint8Array) return `The image of ${source.byteLength} bytes`;
  if (source instanceof Blob) return 'name' in source ? String(source.name) : `The image of ${source.size} bytes`;
  return `The image of ${source.width} × ${source.height} pixels`;
}
