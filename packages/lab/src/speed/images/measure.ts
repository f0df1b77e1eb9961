import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evalPixels, useImageWorkers } from '@dgprompt/images';
import sharp from 'sharp';

/**
 * Speed of image loading: JPEGs of 500 × 375 to 224 × 224, by number of worker threads. `npm run measure -w
 * @dgprompt/images`
 */
const [width, height, count, rounds] = [500, 375, 60, 5];
const folder = mkdtempSync(join(tmpdir(), 'measure-images-'));
const files = await Promise.all(
  Array.from({ length: count }, async (_, k) => {
    const wave = (i: number) =>
      60 * Math.sin(i / (700 + k)) + 60 * Math.sin((i % (3 * width)) / 100) + 20 * Math.random();
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + wave(i));
    const file = join(folder, `${k}.jpg`);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(file);
    return file;
  }),
);
const load = () => Promise.all(files.map(file => evalPixels(file, 224)));
console.log('workers   images/s   images per second and core');
for (const workers of [0, 1, 2]) {
  await useImageWorkers(workers);
  for (let i = 0; i < 2; i++) await load(); // starts the threads and compiles the code
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < rounds; i++) await load();
  const [{ user, system }, wall] = [process.cpuUsage(cpu), performance.now() - start];
  const all = rounds * count;
  const rates = [all / (wall / 1e3), all / ((user + system) / 1e6)];
  console.log([workers, ...rates.map(Math.round)].map((x, i) => String(x).padStart([7, 11, 30][i]!)).join(''));
}
await useImageWorkers(0);
rmSync(folder, { recursive: true });
