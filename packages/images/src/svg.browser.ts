import type { Picture } from './colour.js';

export { looksLikeSvg } from './looks-like-svg.js';

export async function drawSvg(_bytes: Uint8Array): Promise<Picture> {
  throw new Error('it is an SVG drawing; save it as PNG');
}
