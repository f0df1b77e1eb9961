import { expect, it } from 'vitest';
import { watchMemory } from './memory-watch.js';

it('says the most that was held, also when it is free again', async () => {
  const memory = watchMemory();
  const before = process.memoryUsage.rss();
  const held = new Uint8Array(2e8).fill(1);
  await new Promise(resolve => setTimeout(resolve, 500));
  expect(held.at(-1)).toBe(1);
  expect(memory.end()).toBeGreaterThan(before + 1.8e8);
});
