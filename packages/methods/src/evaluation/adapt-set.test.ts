import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SetAdaptation } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { mutualInformation } from '../zoo/parts/class-set-prompts.js';
import { evaluate } from './evaluate.js';

beforeAll(() => useDevice({ threads: 1 }));

/** Image features with an offset, which adapts; the test's loss is low if images resemble the first class. */
const shifted = (settings: Partial<SetAdaptation> = {}) =>
  defineMethod({
    name: 'shifted',
    options: {},
    recipe: () => ({ lr: 1, epochs: 0, batch: 1 }),
    build(clip) {
      const offset = tf.variable(tf.zeros([clip.config.embedDim]));
      return {
        variables: {},
        state: { offset },
        imageFeatures: images => clip.vision(images),
        adaptSet: {
          variables: { offset },
          change: { imageFeatures: images => tf.add(clip.vision(images), offset) },
          batch: 5,
          steps: 40,
          lr: 0.1,
          optimizer: { name: 'adamw', weightDecay: 0 },
          loss: (logits, mask) => {
            const first = tf.squeeze(tf.slice(tf.logSoftmax(logits), [0, 0], [-1, 1]), [1]); // [B]
            return tf.neg(tf.div(tf.sum(tf.mul(first, mask)), tf.sum(mask))) as tf.Scalar;
          },
          ...settings,
        },
      };
    },
  })(tinyClip(), names, { seed: 1 });

describe('a method that adapts to the set of a test', () => {
  it('is tested after adapting, and restored afterwards', async () => {
    const method = shifted();
    const before = values(method);
    const { predicted } = await evaluate(method, items(4), { transform: imageViews() });
    expect([...predicted]).toEqual(new Array(12).fill(0));
    expect(values(method)).toEqual(before);
    const again = await evaluate(method, items(4), { transform: imageViews() });
    expect(again.predicted).toEqual(predicted);
  });

  it('reads no label', async () => {
    const turned = items(4).map(({ path, label }) => {
      const other = (label + 1) % 3;
      return { path, label: other, classname: names[other]! };
    });
    const adapting = shifted({ steps: 2, lr: 0.02 });
    const [own, other] = [
      await evaluate(adapting, items(4), { transform: imageViews() }),
      await evaluate(adapting, turned, { transform: imageViews() }),
    ];
    expect(other.predicted).toEqual(own.predicted);
  });

  it('throws for a loss that is not finite, and keeps its variables', async () => {
    const method = shifted({ loss: logits => tf.log(tf.sub(tf.mul(tf.sum(logits), 0), 1)) as tf.Scalar });
    await expect(evaluate(method, items(1), { transform: imageViews() })).rejects.toThrow(
      "shifted: adapting to the test's images gave a loss of NaN.",
    );
    expect(values(method)).toEqual(values(shifted()));
  });
});

describe('mutual information', () => {
  it('is highest if predictions are confident and all classes occur, and ignores padding', () => {
    const loss = (rows: number[][], mask = rows.map(() => 1)) =>
      mutualInformation(tf.tensor2d(rows), tf.tensor1d(mask)).dataSync()[0]!;
    const sure = [
      [50, 0],
      [0, 50],
    ];
    expect(loss(sure)).toBeCloseTo(-Math.log(2), 5);
    expect(loss([sure[0]!, sure[0]!])).toBeCloseTo(0, 5);
    expect(loss([[0, 0]])).toBeCloseTo(0, 5);
    expect(loss([...sure, [9, 3]], [1, 1, 0])).toBeCloseTo(loss(sure), 5);
  });
});
