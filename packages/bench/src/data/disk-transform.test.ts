import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evalPixels } from '@dgprompt/images';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { evalTransformFor, fromBytes, toBytes } from './disk-transform.js';

test('cached test views equal those of the images bit for bit, for every value', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
  const file = join(folder, 'all.png');
  const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : (i * 7) % 256));
  await sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    .png()
    .toFile(file);
  const direct = await evalPixels(file, 16);
  expect(fromBytes(toBytes(direct))).toEqual(direct);
  expect(new Set(toBytes(direct).subarray(0, 256)).size).toBe(256);
  const random = { next: () => 0 };
  const cache = join(folder, 'cache');
  expect(await evalTransformFor(16, { cache }).load(file, random)).toEqual(direct);
  expect(await evalTransformFor(16, { cache }).load(file, random)).toEqual(direct); // now from disk
});
