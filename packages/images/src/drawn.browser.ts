import type { Picture } from './colour.js';

/** The pixels of anything that can be drawn on a canvas, without alpha. */
export function pictureOf(drawn: ImageBitmap | OffscreenCanvas | HTMLCanvasElement): Picture {
  const { width, height } = drawn;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(drawn, 0, 0);
  return withoutAlpha(context.getImageData(0, 0, width, height));
}

export function withoutAlpha({ width, height, data }: Pick<ImageData, 'width' | 'height' | 'data'>): Picture {
  const out = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    out[to] = data[from]!;
    out[to + 1] = data[from + 1]!;
    out[to + 2] = data[from + 2]!;
  }
  return { width, height, data: out };
}
