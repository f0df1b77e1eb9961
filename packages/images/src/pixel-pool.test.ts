import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { useImageWorkers } from './pixel-pool.js';
import { augmentations, evalPixels, trainPixels, trainViews } from './pixels.js';

const folder = mkdtempSync(join(tmpdir(), 'pixel-pool-'));
afterAll(() => useImageWorkers(1));

function sequence(state: number) {
  return {
    next() {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    },
  };
}

test('workers give the same pixels as the caller’s thread, and their errors name the file', async () => {
  const files = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const path = join(folder, `${i}.png`);
      const data = Uint8Array.from({ length: 30 * 20 * 3 }, (_, k) => (k * (i + 3)) % 256);
      await sharp(data, { raw: { width: 30, height: 20, channels: 3 } })
        .png()
        .toFile(path);
      return path;
    }),
  );
  const load = () => {
    const random = sequence(5);
    const views = (file: string) => augmentations.map(augmentation => trainPixels(file, 16, random, { augmentation }));
    const many = () =>
      trainViews(
        files[0]!,
        16,
        Array.from({ length: 20 }, (_, i) => sequence(i + 1)),
      );
    return Promise.all([...files.flatMap(file => [evalPixels(file, 16), ...views(file)]), many()]);
  };
  await useImageWorkers(0);
  const here = await load();
  await useImageWorkers(2);
  await load(); // this thread makes the first few, workers the others
  const there = await load();
  expect(there).toEqual(here);
  const words = join(folder, 'words.jpg');
  writeFileSync(words, 'words');
  await expect(evalPixels(words, 16)).rejects.toThrow(`${words} cannot be read as an image`);
});

test('a batch is decoded while the requesting thread is busy', async () => {
  await useImageWorkers(1);
  const files = Array.from({ length: 12 }, (_, i) => join(folder, `${i}.png`));
  await Promise.all([...files, ...files, ...files].map(file => evalPixels(file, 16))); // starts the worker
  let done = 0;
  for (const file of files) void evalPixels(file, 16).then(() => done++);
  const until = performance.now() + 1000;
  while (performance.now() < until);
  for (let i = 0; i < 3; i++) await new Promise(setImmediate); // just enough time to receive the results
  expect(done).toBe(files.length);
});

test('a picture 65,000 pixels wide takes only the memory of its centre', async () => {
  const file = join(folder, 'wide.png');
  await sharp({ create: { width: 65000, height: 10, channels: 3, background: 'teal' } })
    .png()
    .toFile(file);
  const before = process.memoryUsage().rss;
  expect(await evalPixels(file, 224)).toHaveLength(3 * 224 * 224);
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

test('changing the number of workers finishes the images that are being decoded', async () => {
  const files = Array.from({ length: 40 }, (_, i) => join(folder, `${i}.png`));
  await useImageWorkers(2);
  await Promise.all(files.map(file => evalPixels(file, 224))); // starts the workers
  for (const count of [1, 2, 0]) {
    const pending = Promise.all([
      ...files.map(file => evalPixels(file, 224)),
      trainViews(
        files[0]!,
        224,
        Array.from({ length: 20 }, (_, i) => sequence(i + 1)),
      ),
    ]);
    await useImageWorkers(count);
    expect(await pending).toHaveLength(41);
  }
});

test('the number of workers is checked', async () => {
  await expect(useImageWorkers(-1)).rejects.toThrow('from 0 to 256');
});
