import { writeFile } from 'node:fs/promises';
import { imageBatches, loadBenchmark } from '@dgprompt/datasets';
import { trainPixels, useImageWorkers } from '@dgprompt/images';
import { afterAll, expect, test } from 'vitest';
import { tinyRoot } from './tiny-root.js';

afterAll(() => useImageWorkers(0));

test('batches decoded ahead in worker threads have the same order and pixels for any number of them', async () => {
  const root = await tinyRoot('dtd', 24);
  const { train } = await loadBenchmark('dtd', root);
  expect(train.length).toBeGreaterThan(40); // enough to start the workers
  const load = (path: string, random: { next(): number }) => trainPixels(path, 16, random);
  const collect = async (workers: number, ahead: number) => {
    await useImageWorkers(workers);
    const all: Float32Array[][] = [];
    for await (const { images } of imageBatches(train, { batch: 8, seed: 5, ahead, load })) all.push(images);
    return all;
  };
  const alone = await collect(0, 1);
  expect(alone).toHaveLength(6);
  expect(await collect(1, 12)).toEqual(alone);
  expect(await collect(3, 40)).toEqual(alone);

  const broken = train[20]!.path;
  await writeFile(broken, 'no image');
  await expect(collect(3, 40)).rejects.toThrow(`${broken} cannot be read as an image`);
});
