import { rasterSize } from './views.js';

/**
 * Draws a picture, undistorted, in a transparent square.
 *
 * @param source an SVG document or a file in a format that sharp reads
 * @returns straight RGBA bytes, rasterSize × rasterSize × 4
 * @throws sharp's error if the source cannot be drawn
 */
export async function rasterize(source: Buffer): Promise<Uint8Array> {
  const drawn = sized(source);
  const { default: sharp } = await import('sharp');
  return sharp(drawn)
    .resize(rasterSize, rasterSize, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer();
}

/** Whether a picture is nearly empty: fewer than one pixel in a hundred is at least half opaque. */
export function isBlank(raster: Uint8Array): boolean {
  let seen = 0;
  for (let i = 3; i < raster.length; i += 4) if (raster[i]! >= 128) seen++;
  return seen < (raster.length / 4) * 0.01;
}

/** Sets an SVG's long side to the raster's, so that it is drawn sharp instead of being enlarged. */
function sized(source: Buffer): Buffer {
  if (source[0] !== 0x3c) return source;
  const text = source.toString('utf8');
  const box = /^<svg[^>]*viewBox="\S+ \S+ (\S+) (\S+)"/.exec(text);
  if (box === null) return source;
  const scale = rasterSize / Math.max(Number(box[1]), Number(box[2]));
  const size = `width="${Number(box[1]) * scale}" height="${Number(box[2]) * scale}"`;
  return Buffer.from(text.replace('<svg', `<svg ${size}`));
}
