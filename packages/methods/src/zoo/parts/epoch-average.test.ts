import { describe, expect, it } from 'vitest';
import { gaussianShares } from './epoch-average.js';

describe('gaussianShares', () => {
  it('sum to 1, highest at the mean, lower by exp(−½) one deviation away', () => {
    const shares = gaussianShares(20, 15, 2);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(shares.indexOf(Math.max(...shares))).toBe(14); // epoch 15
    expect(shares[12]! / shares[14]!).toBeCloseTo(Math.exp(-0.5), 12);
  });

  it('refuse a Gaussian that no epoch is under', () => {
    expect(() => gaussianShares(5, 500, 1)).toThrow(/no weight on epochs 1 to 5/);
  });
});
