import sharp from 'sharp';
import { expect, test } from 'vitest';
import { findOrientation } from './exif.js';

const square = () => sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } });

test.each(['jpeg', 'webp'] as const)(
  'the orientation of a %s file is found, at the position of its value',
  async kind => {
    const file = await square().withMetadata({ orientation: 6 })[kind]().toBuffer();
    const found = findOrientation(file)!;
    expect(found.value).toBe(6);
    new DataView(file.buffer, file.byteOffset).setUint16(found.at, 3, found.littleEndian);
    expect((await sharp(file).metadata()).orientation).toBe(3);
  },
);

test.each(['jpeg', 'webp'] as const)('a %s file without an orientation, or truncated, has none', async kind => {
  expect(findOrientation(await square()[kind]().toBuffer())).toBeUndefined();
  const file = await square().withMetadata({ orientation: 6 })[kind]().toBuffer();
  for (let length = 0; length < file.length; length += 7)
    expect([undefined, 6]).toContain(findOrientation(file.subarray(0, length))?.value);
});
