import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { deepVisual } from './deep-visual.js';
import { stubClip } from './testing/stub-clip.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('deepVisual', () => {
  it('has vectors of the vision width for each of the first layers, starting at N(0, 0.02²)', () => {
    const visual = deepVisual(stubClip(), { tokens: 40, depth: 2 }, seededRandom(1));
    expect(visual.variables.map(v => v.shape)).toEqual([
      [40, 6],
      [40, 6],
    ]);
    expect([0, 1, 2].map(l => visual.layer(l))).toEqual([...visual.variables, undefined]);
    expect(Math.sqrt(tf.mean(tf.square(visual.variables[1]!)).dataSync()[0]!)).toBeCloseTo(0.02, 2);
    expect(visual.variables[0]!.dataSync()).not.toEqual(visual.variables[1]!.dataSync());
  });

  it('rejects more layers than the vision tower has', () => {
    expect(() => deepVisual(stubClip(), { tokens: 2, depth: 4 }, seededRandom(1))).toThrow(/depth is 4.*1 to 3/);
  });
});
