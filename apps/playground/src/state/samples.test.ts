import { beforeEach, expect, it, vi } from 'vitest';
import { trySample } from './actions.js';
import { data } from './load.js';
import { current } from './tries.js';

/** Three pictures of each class. */
vi.mock('./worker.js', async () => {
  const { signal } = await import('@preact/signals');
  const call = async (name: string, { label, count }: { label: number; count: number }) =>
    name === 'samples' ? [0, 1, 2].slice(0, count).map(i => ({ path: `${label}-${i}.jpg`, blob: new Blob() })) : [];
  return { worker: () => ({ call }), start: async () => {}, environment: signal(undefined) };
});

beforeEach(() => {
  data.value = {};
});

it('tries each picture of each class before one comes again', async () => {
  for (const count of [7, 8]) {
    const classNames = Array.from({ length: count }, (_, i) => `class ${i}`);
    data.value = { value: { classNames, counts: { test: classNames.map(() => 3) } } as never };
    const tried = new Set<string>();
    for (let i = 0; i < 3 * count; i++) {
      await trySample();
      tried.add(current.value.name!);
      expect(current.value.name!.split('-')[0]).toBe(current.value.truth!.split(' ')[1]);
    }
    expect(tried.size).toBe(3 * count);
  }
});
