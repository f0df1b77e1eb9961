import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { deepText } from './deep-text.js';
import { stubClip } from './testing/stub-clip.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('deepText', () => {
  it('has separate vectors for each of the first layers', () => {
    const text = deepText(stubClip(), { tokens: 2, depth: 3 }, seededRandom(1));
    expect(text.variables.map(v => v.shape)).toEqual([
      [2, 8],
      [2, 8],
      [2, 8],
    ]);
    expect([0, 1, 2, 3].map(l => text.layer(l))).toEqual([...text.variables, undefined]);
  });

  it('initialises its first layer with words and the others with noise', () => {
    const clip = stubClip();
    const { variables, words } = deepText(clip, { tokens: 2, depth: 2, init: 'cab' }, seededRandom(1));
    expect([...variables[0]!.dataSync()]).toEqual([...tf.gather(clip.weights.text.tokenEmbedding, [2, 0]).dataSync()]);
    expect(Math.max(...variables[1]!.dataSync().map(Math.abs))).toBeLessThan(0.1);
    expect(words).toBe('cab {}.');
  });

  it('rejects more layers than the text tower has', () => {
    expect(() => deepText(stubClip(), { tokens: 2, depth: 5 }, seededRandom(1))).toThrow(/depth is 5.*1 to 4/);
  });
});
