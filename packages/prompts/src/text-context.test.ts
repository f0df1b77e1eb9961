import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stubClip } from './testing/stub-clip.js';
import { textContext } from './text-context.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const deviation = (tensor: tf.Tensor) => Math.sqrt(tf.mean(tf.square(tensor)).dataSync()[0]!);

describe('textContext', () => {
  it('is one set of vectors for all classes, inserted only at layer 0', () => {
    const context = textContext(stubClip(), { tokens: 3 }, seededRandom(1));
    expect(context.layer(0)!.shape).toEqual([3, 8]);
    expect(context.layer(0)).toBe(context.variables.context);
    expect(context.layer(1)).toBeUndefined();
    expect(context).toMatchObject({ tokens: 3, position: 'end', words: undefined });
  });

  it('starts at N(0, 0.02²), drawn separately for each class if contexts are class-specific', () => {
    const { variables } = textContext(stubClip(), { tokens: 16, classes: 40 }, seededRandom(1));
    expect(variables.context.shape).toEqual([40, 16, 8]);
    expect(deviation(variables.context)).toBeCloseTo(0.02, 3);
    const [first, second] = tf.unstack(variables.context);
    expect(values(first!)).not.toEqual(values(second!));
  });

  it('starts from words, and from noise beyond them', () => {
    const clip = stubClip();
    const { variables, words } = textContext(clip, { tokens: 4, init: 'dig' }, seededRandom(1));
    const embeddings = tf.gather(clip.weights.text.tokenEmbedding, [3, 8, 6]);
    expect(values(tf.slice(variables.context, 0, 3))).toEqual(values(embeddings));
    const noise = textContext(clip, { tokens: 4 }, seededRandom(1)).variables.context;
    expect(values(tf.slice(variables.context, 3, 1))).toEqual(values(tf.slice(noise, 3, 1)));
    expect(words).toBeUndefined();
  });

  it('keeps the words beyond its vectors in the prompt', () => {
    const clip = stubClip();
    const { variables, words } = textContext(clip, { tokens: 2, init: 'dig' }, seededRandom(1));
    expect(values(variables.context)).toEqual(values(tf.gather(clip.weights.text.tokenEmbedding, [3, 8])));
    expect(words).toBe('dig {}.');
  });

  it('rejects invalid positions and counts', () => {
    const clip = stubClip();
    expect(() => textContext(clip, { tokens: 0 }, seededRandom(1))).toThrow(/tokens is 0/);
    expect(() => textContext(clip, { tokens: 2, position: 'last' as never }, seededRandom(1))).toThrow(
      /"last".*"front"/,
    );
  });
});
