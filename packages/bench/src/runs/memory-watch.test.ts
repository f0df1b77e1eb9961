import { afterEach, expect, it, vi } from 'vitest';
import { watchMemory } from './memory-watch.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('returns the peak, even after the memory is freed', () => {
  vi.useFakeTimers();
  const held = vi.spyOn(process.memoryUsage, 'rss');
  held.mockReturnValue(1e8);
  const memory = watchMemory();
  held.mockReturnValue(3e8);
  vi.advanceTimersByTime(1000);
  held.mockReturnValue(2e8);
  vi.advanceTimersByTime(1000);
  expect(memory.end()).toBe(3e8);
});

it('stops polling at the end', () => {
  vi.useFakeTimers();
  const held = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(1e8);
  expect(watchMemory().end()).toBe(1e8);
  held.mockClear();
  vi.advanceTimersByTime(1000);
  expect(held).not.toHaveBeenCalled();
});
