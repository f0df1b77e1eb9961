import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { plotpp } from './plotpp.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('PLOT++ equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('logits, loss, gradients, two steps of SGD', async () => {
    const recording = await zooRecording('plotpp');
    const method = plotpp(recording.clip, recording.classNames, { prompts: 3, stage: 'both', stop: 'batch' });
    expect(distance(method.learner.variables.text as tf.Variable, recording.tensor('init.prompt_learner.ctx'))).toBe(0);
    await expectRecorded(recording, method);
    method.dispose();
    recording.close();
  });
});

const distance = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe('PLOT++', () => {
  const classes = ['cat', 'owl'];

  it('trains visual prompts in the first half, from hand-written words, and both in the second', async () => {
    const { learner, task } = plotpp(tinyClip(), classes);
    const { written, second } = learner.state as Record<string, tf.Variable>;
    const text = learner.variables.text as tf.Variable;
    const before = learner.textFeatures!(classes, task) as { features: tf.Tensor };
    text.assign(tf.ones(text.shape));
    const ignored = learner.textFeatures!(classes, task) as { features: tf.Tensor };
    expect(distance(before.features, ignored.features)).toBe(0);
    await learner.afterEpoch!(1, 4);
    expect(second!.dataSync()[0]).toBe(0);
    await learner.afterEpoch!(2, 4);
    expect(second!.dataSync()[0]).toBe(1);
    expect(distance(text, written!)).toBe(0);
  });

  it('adds the pooled logits in the first half alone', async () => {
    const images = tf.randomNormal<tf.Rank.R4>([2, 3, 8, 8], 0, 1, 'float32', 1);
    const logits = (stage: 'two' | 'vision' | 'both', pooled = false) => {
      const { learner, task } = plotpp(tinyClip(), classes, { stage, ...(pooled && { pooled }), seed: 2 });
      const text = learner.textFeatures!(classes, task) as { features: tf.Tensor; perClass: Record<string, tf.Tensor> };
      const of = () => {
        const { features: image, states } = learner.imageFeatures!(images, text, {}) as {
          features: tf.Tensor;
          states: tf.Tensor[];
        };
        return learner.logits!({ image, states, text: text.features, perClass: text.perClass });
      };
      return { of, learner };
    };
    const two = logits('two');
    expect(distance(two.of(), logits('vision').of())).toBeLessThan(1e-5);
    expect(distance(two.of(), logits('both', true).of())).toBeLessThan(1e-5);
    await two.learner.afterEpoch!(1, 2);
    expect(distance(two.of(), logits('both').of())).toBeLessThan(1e-5);
  });

  it('starts from the words of each dataset', () => {
    const task = { protocol: 'few-shot' as const, shots: 16, images: 800, templates: [] };
    expect(plotpp.definition.recipe({ ...task, dataset: 'dtd' }).words).toContain('this is a photo texture');
    expect(plotpp.definition.recipe({ ...task, dataset: 'weather' })).not.toHaveProperty('words');
    expect(() => plotpp(tinyClip(), classes, { words: [''] })).toThrow('plotpp: the first of words is empty');
  });
});
