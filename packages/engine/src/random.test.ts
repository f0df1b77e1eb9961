import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.js';
import { leaves, mapTree, namedLeaves } from './tree.js';

describe('seededRandom', () => {
  it('draws uniform and normal values with the right moments', () => {
    const random = seededRandom(3);
    const moments = (values: Float32Array) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)];
    };
    const [mean, std] = moments(random.normal([50_000], 2).dataSync<'float32'>() as Float32Array);
    expect(mean).toBeCloseTo(0, 1);
    expect(std).toBeCloseTo(2, 1);
    const uniform = random.uniform([50_000], -1, 3).dataSync<'float32'>() as Float32Array;
    expect(moments(uniform)[0]).toBeCloseTo(1, 1);
    expect(Math.min(...uniform.subarray(0, 1000))).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...uniform.subarray(0, 1000))).toBeLessThan(3);
  });

  it('forks generators of tensors', () => {
    const values = (name: string) => seededRandom(1).fork(name).normal([3], 1).arraySync();
    expect(values('a')).toEqual(values('a'));
    expect(values('a')).not.toEqual(values('b'));
  });
});

describe('trees', () => {
  const tree = { a: [1, { b: 2 }], c: 3 };
  it('lists leaves, also with their paths', () => {
    expect(leaves<number>(tree)).toEqual([1, 2, 3]);
    expect(namedLeaves<number>(tree)).toEqual([
      ['a.0', 1],
      ['a.1.b', 2],
      ['c', 3],
    ]);
  });
  it('maps to the same structure', () => {
    expect(mapTree((x: number) => x * 2, tree)).toEqual({ a: [2, { b: 4 }], c: 6 });
  });
});
