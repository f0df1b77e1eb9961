import { describe, expect, it } from 'vitest';
import { type RandomStream, randomStream } from './random.js';

const draw = (random: RandomStream, count = 5) => Array.from({ length: count }, random.next);

describe('randomStream', () => {
  it('gives the same numbers for the same seed and different ones for another', () => {
    expect(draw(randomStream(7))).toEqual(draw(randomStream(7)));
    expect(draw(randomStream(7))).not.toEqual(draw(randomStream(8)));
    expect(draw(randomStream(2 ** 32 + 7))).not.toEqual(draw(randomStream(7)));
  });

  it('forks by name, whatever was drawn before', () => {
    const random = randomStream(1);
    const first = draw(random.fork('views', 3));
    draw(random, 100);
    expect(draw(random.fork('views', 3))).toEqual(first);
    expect(draw(random.fork('a').fork('b'))).not.toEqual(draw(random.fork('b').fork('a')));
  });

  it('shares no number between streams of the same seed or of neighbouring seeds', () => {
    const seen = new Set<number>();
    let count = 0;
    for (const seed of [1, 2, 9_000_000, 9_000_001, 2 ** 40])
      for (const name of ['views', 'order', 'episodes'])
        for (let k = 0; k < 40; k++)
          for (const value of [
            ...draw(randomStream(seed).fork(name, k)),
            ...draw(randomStream(seed).fork(name, k, 0)),
          ]) {
            seen.add(value);
            count++;
          }
    for (const seed of [1, 2]) for (const value of draw(randomStream(seed), 1000)) seen.add(value);
    expect(seen.size).toBe(count + 2000);
  });

  it('is uniform in every fork', () => {
    const values = Array.from({ length: 4000 }, (_, k) => randomStream(1).fork('k', k).next());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    const neighbours = values.slice(1).map((value, i) => (value - 0.5) * (values[i]! - 0.5));
    expect(Math.abs(neighbours.reduce((sum, value) => sum + value, 0) / 4000)).toBeLessThan(0.006);
  });
});
