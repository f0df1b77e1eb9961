import { expect, test } from 'vitest';
import { prefetch } from './prefetch.js';

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test('loads the next item while one is in use, and frees each after its turn', async () => {
  const events: string[] = [];
  const load = async (name: string) => {
    events.push(`load ${name}`);
    await wait(1);
    return name.toUpperCase();
  };
  for await (const [loaded, item] of prefetch(['a', 'b', 'c'], load, name => events.push(`free ${name}`))) {
    await wait(5);
    events.push(`use ${item}${loaded}`);
  }
  expect(events).toEqual(['load a', 'load b', 'use aA', 'free A', 'load c', 'use bB', 'free B', 'use cC', 'free C']);
});

test('stopping early leaves nothing behind, and an error is thrown in its turn', async () => {
  const freed: number[] = [];
  for await (const [loaded] of prefetch(
    [1, 2, 3],
    async x => x,
    x => freed.push(x),
  ))
    if (loaded === 1) break;
  expect(freed).toEqual([1, 2]);
  const seen: number[] = [];
  const broken = async () => {
    for await (const [loaded] of prefetch(
      [1, 2, 3],
      async x => (x === 2 ? Promise.reject(new Error('two')) : x),
      () => {},
    ))
      seen.push(loaded);
  };
  await expect(broken()).rejects.toThrow('two');
  expect(seen).toEqual([1]);
  for await (const _ of prefetch(
    [],
    async x => x,
    () => {},
  ))
    throw new Error('there is nothing');
});
