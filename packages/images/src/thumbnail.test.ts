import sharp from 'sharp';
import { expect, test } from 'vitest';
import { thumbnail } from './thumbnail.js';

const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c04020' } })
    .png({ compressionLevel: 9 })
    .toBuffer();

test('a thumbnail is a small JPEG of the same aspect ratio, and never larger than the image', async () => {
  const size = async (bytes: Uint8Array) => {
    const { format, width, height } = await sharp(bytes).metadata();
    return { format, width, height };
  };
  expect(await size(await thumbnail(await png(400, 200), 96))).toEqual({ format: 'jpeg', width: 96, height: 48 });
  expect(await size(await thumbnail(await png(1, 1), 96))).toEqual({ format: 'jpeg', width: 1, height: 1 });
});
