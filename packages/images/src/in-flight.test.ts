import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { MOST_BYTES, oneOfMany, sharedCount } from './in-flight.js';

const folder = mkdtempSync(join(tmpdir(), 'in-flight-'));

test('memory in use stays below the limit, a larger picture runs alone, and all get their turn', async () => {
  let held = 0;
  let most = 0;
  const one = (bytes: number) =>
    oneOfMany(async reserve => {
      await reserve(bytes);
      held += bytes;
      most = Math.max(most, held === bytes ? 0 : held);
      await new Promise(resolve => setTimeout(resolve, 5));
      held -= bytes;
      return bytes;
    });
  const sizes = Array.from({ length: 24 }, (_, i) => MOST_BYTES * (i % 8 === 0 ? 2 : 0.4));
  expect(await Promise.all(sizes.map(one))).toEqual(sizes);
  expect(most).toBeLessThanOrEqual(MOST_BYTES);
  expect(sharedCount()[0]).toBe(0);
  const failing = oneOfMany(async reserve => {
    await reserve(MOST_BYTES);
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(sharedCount()[0]).toBe(0);
});

test('48 small files that decode to huge pictures take less than a gigabyte', { timeout: 120_000 }, async () => {
  const file = join(folder, 'huge.png');
  const side = 9000; // 243 MB
  const png = await sharp({ create: { width: side, height: side, channels: 3, background: 'teal' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  writeFileSync(file, png);
  const count = process.env.DGPROMPT_FUZZ ? 48 : 6;
  const program = `
    const { evalPixels, useImageWorkers } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    await useImageWorkers(2);
    let most = 0;
    const timer = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 5);
    await Promise.all(Array.from({ length: 40 }, () => evalPixels(${JSON.stringify(join(folder, 'small.png'))}, 8)));
    await Promise.all(Array.from({ length: ${count} }, () => evalPixels(${JSON.stringify(file)}, 224)));
    clearInterval(timer);
    console.log(Math.max(most, process.resourceUsage().maxRSS * 1024));`;
  writeFileSync(join(folder, 'small.png'), await sharp(png).resize(8, 8).png().toBuffer());
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]);
  let said = '';
  child.stdout.on('data', part => {
    said += part;
  });
  child.stderr.pipe(process.stderr);
  await new Promise(resolve => child.once('close', resolve));
  expect(Number(said)).toBeGreaterThan(200e6);
  expect(Number(said)).toBeLessThan(650e6); // one picture at a time, across both workers
});
