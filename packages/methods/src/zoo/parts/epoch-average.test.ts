import { describe, expect, it } from 'vitest';
import { gaussianWeights } from './epoch-average.js';

describe('gaussianWeights', () => {
  it('sum to 1, highest at the mean, lower by exp(−½) one deviation away', () => {
    const weights = gaussianWeights(20, { mean: 15, std: 2 });
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(weights.indexOf(Math.max(...weights))).toBe(14); // epoch 15
    expect(weights[12]! / weights[14]!).toBeCloseTo(Math.exp(-0.5), 12);
  });

  it('throw for a Gaussian without weight on any epoch', () => {
    expect(() => gaussianWeights(5, { mean: 500, std: 1 })).toThrow(/no weight on epochs 1 to 5/);
  });
});
