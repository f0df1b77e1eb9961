import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { coupled } from './coupled.js';
import { deepText } from './deep-text.js';
import { stubClip } from './testing/stub-clip.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const make = () => {
  const random = seededRandom(2);
  const text = deepText(stubClip(), { tokens: 2, depth: 3, init: 'ab' }, random);
  return { text, visual: coupled(text, 6, random) };
};

describe('coupled', () => {
  it('makes each layer of visual prompts a linear function of the text prompts', () => {
    const { text, visual } = make();
    const prompt = text.variables[1]!.arraySync() as number[][];
    const weight = visual.variables[1]!.weight.arraySync() as number[][];
    const bias = visual.variables[1]!.bias.arraySync() as unknown as number[];
    const expected = prompt.flatMap(row => bias.map((b, j) => row.reduce((s, x, i) => s + x * weight[i]![j]!, b)));
    expect(visual.layer(1)!.shape).toEqual([2, 6]);
    expect([...visual.layer(1)!.dataSync()]).toEqual(expected.map(x => expect.closeTo(x, 5)));
    expect(visual.layer(3)).toBeUndefined();
  });

  it('passes gradients to the text prompts', () => {
    const { text, visual } = make();
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(visual.layer(2)!)), [text.variables[2]!]);
    expect(Math.max(...Object.values(grads)[0]!.dataSync().map(Math.abs))).toBeGreaterThan(1e-3);
  });

  it('starts like the published code: within ±1/√d_t, and from the same values in all layers above the first', () => {
    const { visual } = make();
    const [first, second, third] = visual.variables.map(({ weight }) => [...weight.dataSync()]);
    expect(second).toEqual(third);
    expect(first).not.toEqual(second);
    expect(Math.max(...first!.map(Math.abs))).toBeLessThanOrEqual(8 ** -0.5);
    expect(Math.max(...first!.map(Math.abs))).toBeGreaterThan(0.8 * 8 ** -0.5);
  });
});
