import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { batches } from './batches.js';
import type { Item } from './dataset.js';
import { imageBatches, type PipelineOptions } from './pipeline.js';

const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ path: `/images/${i}.jpg`, label: i % 3, classname: `class ${i % 3}` }));
const soon = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

async function collect<T>(list: readonly Item[], options: PipelineOptions<T>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const { images } of imageBatches(list, options)) all.push(images);
  return all;
}

/** A stand-in for a random view: the path, and numbers it draws, the second one whenever it gets to it. */
const view: PipelineOptions<string>['load'] = async (path, random) => {
  const first = random.next();
  await soon(first * 5); // ready in another order than asked for
  return `${path} ${first} ${random.next()}`;
};

test('the order is that of batches(), with and without a seed', async () => {
  const list = items(11);
  for (const seed of [undefined, 5]) {
    const loaded = await collect(list, { batch: 4, seed, load: async path => path });
    expect(loaded).toEqual(batches(11, 4, { seed }).map(batch => batch.map(i => list[i]!.path)));
  }
  expect((await collect(items(3), { batch: 4, seed: 1, load: async path => path })).map(b => b.length)).toEqual([3]);
  expect(await collect([], { batch: 4, load: view })).toEqual([]);
});

test('order and views depend on the seed alone, not on how many are loaded at a time', async () => {
  const one = await collect(items(20), { batch: 4, seed: 7, ahead: 1, load: view });
  for (const ahead of [3, 8, 50]) {
    expect(await collect(items(20), { batch: 4, seed: 7, ahead, load: view })).toEqual(one);
  }
  expect(await collect(items(20), { batch: 4, seed: 8, load: view })).not.toEqual(one);
  expect(new Set(one.flat()).size).toBe(20);
});

test('a view does not change with the items after it, and differs from item to item', async () => {
  const draw: PipelineOptions<number>['load'] = async (_, random) => random.next();
  const [few, many] = [
    await collect(items(4), { batch: 4, load: draw }),
    await collect(items(8), { batch: 8, load: draw }),
  ];
  expect(many[0]!.slice(0, 4)).toEqual(few[0]);
  expect(new Set(many[0])).toHaveLength(8);
});

describe('with worker threads', () => {
  /** A worker that makes pixels of a path and a number, at its own pace. */
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ id, path, x }) => {
      const pixels = Uint8Array.from({ length: 8 }, (_, i) => (path.length * 31 + Math.floor(x * 1e6) + i) % 256);
      setTimeout(() => parentPort.postMessage({ id, pixels }), (id * 7919) % 6);
    });`;

  async function withWorkers(count: number): Promise<Uint8Array[][]> {
    const workers = Array.from({ length: count }, () => new Worker(code, { eval: true }));
    const waiting = new Map<number, (pixels: Uint8Array) => void>();
    for (const worker of workers) worker.on('message', ({ id, pixels }) => waiting.get(id)?.(pixels));
    let id = 0;
    try {
      return await collect(items(30), {
        ...{ batch: 5, seed: 3 },
        load: (path, random) =>
          new Promise<Uint8Array>(resolve => {
            waiting.set(++id, resolve);
            workers[id % count]!.postMessage({ id, path, x: random.next() });
          }),
      });
    } finally {
      await Promise.all(workers.map(worker => worker.terminate()));
    }
  }

  test('the same order and pixels for any number of them', async () => {
    const one = await withWorkers(1);
    expect(one.flat()).toHaveLength(30);
    expect(await withWorkers(2)).toEqual(one);
    expect(await withWorkers(5)).toEqual(one);
  });
});

test('at most `ahead` images are loading or waiting, however slow the user is', async () => {
  let [started, used, most] = [0, 0, 0];
  const load = async () => {
    started++;
    most = Math.max(most, started - used);
  };
  for await (const { images } of imageBatches(items(40), { batch: 4, ahead: 6, load })) {
    await soon(2);
    used += images.length;
  }
  expect(started).toBe(40);
  expect(most).toBeLessThanOrEqual(6 + 4);
  expect(most).toBeGreaterThan(4);
});

describe('a broken image', () => {
  const load = async (path: string) => {
    if (path.endsWith('/7.jpg') || path.endsWith('/2.jpg')) throw new Error('cut short');
    return path;
  };

  test('stops with its path when its turn comes', async () => {
    const seen: string[] = [];
    const run = async () => {
      for await (const { images } of imageBatches(items(12), { batch: 2, ahead: 12, load })) seen.push(...images);
    };
    await expect(run()).rejects.toThrow('/images/2.jpg: cut short');
    expect(seen).toEqual(['/images/0.jpg', '/images/1.jpg']);
  });

  test('is left out and told of with skipBroken; batches stay full', async () => {
    const broken: string[] = [];
    const onBroken = ({ path, reason }: { path: string; reason: string }) => broken.push(`${path} | ${reason}`);
    const options = { batch: 4, load, skipBroken: true, onBroken };
    const all = await collect(items(12), options);
    expect(all.map(batch => batch.length)).toEqual([4, 4, 2]);
    expect(all.flat()).not.toContain('/images/7.jpg');
    expect(broken).toEqual(['/images/2.jpg | /images/2.jpg: cut short', '/images/7.jpg | /images/7.jpg: cut short']);
    const orders = await Promise.all([1, 12].map(ahead => collect(items(12), { ...options, seed: 4, ahead })));
    expect(orders[0]).toEqual(orders[1]);
  });
});

test('stops when aborted, and waits for what is loading before it ends', async () => {
  const controller = new AbortController();
  let loading = 0;
  const load = async () => {
    loading++;
    await soon(5);
    loading--;
  };
  const run = async () => {
    for await (const _ of imageBatches(items(40), { batch: 2, ahead: 8, load, signal: controller.signal })) {
      controller.abort(new Error('enough'));
    }
  };
  await expect(run()).rejects.toThrow('enough');
  expect(loading).toBe(0);
  for await (const _ of imageBatches(items(40), { batch: 2, ahead: 8, load })) break;
  expect(loading).toBe(0);
});

test('refuses numbers out of range', async () => {
  await expect(collect(items(2), { batch: 0, load: view })).rejects.toThrow('A batch holds at least 1 item, not 0.');
  await expect(collect(items(2), { batch: 1, ahead: 0, load: view })).rejects.toThrow('not 0');
});
