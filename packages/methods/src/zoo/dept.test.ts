import { softmaxCrossEntropy, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { cosineLogits } from '../learner/logits.js';
import { close, evaluated, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { dept } from './dept.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('DePT (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('dept');
    const { clip, classNames } = recording;
    const method = dept(clip, classNames, { tokens: 4 });
    await expectRecorded(recording, method, {
      terms({ image, text, labels, mask }) {
        const logits = cosineLogits({ image, text }, clip.logitScale);
        return { logits, ce: softmaxCrossEntropy(logits, labels, mask) };
      },
    });
    const [images] = tf.unstack(recording.tensor('images')) as [tf.Tensor4D];
    const count = classNames.length;
    const others = await evaluated(method.forClasses([...classNames, 'car']), { images });
    close('new classes', tf.slice(others, [0, 0], [-1, count]), recording.tensor('eval_logits_new'));
    const turned = await evaluated(method.forClasses([...classNames].reverse()), { images });
    close('another order', tf.reverse(turned, 1), recording.tensor('eval_logits'));
    method.dispose();
    recording.close();
  });
});
