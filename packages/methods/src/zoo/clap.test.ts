import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Shots } from '../learner/types.js';
import { close, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { clap } from './clap.js';
import { unitRows } from './parts/template-mean.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('CLAP equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('text features, weights of classes, logits, loss, gradients, two steps of SGD', async () => {
    const recording = await zooRecording('clap');
    const { clip, classNames, tensor } = recording;
    const method = clap(clip, classNames, { images: 12 });
    const labels = Int32Array.from(tensor('train_labels').dataSync());
    const features = unitRows(tensor('features'));
    await method.learner.fit!({ features, labels, classCount: 6 } as Shots);
    const { base, lagrange } = method.learner.state as Record<string, tf.Variable>;
    close('base', base!, tensor('base_text_features'));
    close('multipliers', lagrange!, tensor('lagrange'));
    close('start', method.learner.variables.prototypes as tf.Variable, tensor('base_text_features'));
    // its steps see all features, the second in reverse
    await expectRecorded(recording, method, {
      terms: ({ crossEntropy, ...terms }) => ({
        constraint: tf.sub(method.learner.loss!({ crossEntropy, ...terms }), crossEntropy),
      }),
      batch: step => ({
        frozen: { image: step === 0 ? features : tf.reverse(features, 0) },
        labels: tf.tensor1d(step === 0 ? labels : labels.slice().reverse(), 'int32'),
        mask: tf.ones([labels.length]),
      }),
    });
    recording.close();
    expect(method.learner.classSpecific).toBe(true);
  });
});
