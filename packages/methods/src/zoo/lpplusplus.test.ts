import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import type { LabelledFeatures } from '../learner/types.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { close, evaluated, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { train } from '../training/train.js';
import { lpplusplus } from './lpplusplus.js';
import { fitProbe, type LinearTextProbe, largestEigenvalue } from './parts/linear-text-probe.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('LP++ equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('learning rates, losses and parameters over 21 epochs, logits of the best', async () => {
    const recording = await zooRecording('lpplusplus');
    const { clip, classNames, tensor, metadata } = recording;
    const method = lpplusplus(clip, classNames, { images: 12, templates: JSON.parse(metadata.templates!) });
    const probe = method.learner.variables as LinearTextProbe;
    const features = tensor('features') as tf.Tensor2D;
    const text = tf.transpose(tensor('text_weights')) as tf.Tensor2D;
    const labels = Int32Array.from(tensor('train_labels').dataSync());
    const run = (epochs: number, validation?: LabelledFeatures) => {
      probe.bias.assign(tensor('init.classifier.bias'));
      return fitProbe(probe, { features, labels }, text, { epochs, every: 10, fresh: false, validation });
    };
    expect((4 * 12) / (await largestEigenvalue(features))).toBeCloseTo(Number(metadata.lr), 4);
    const { losses } = await run(21);
    close('losses', tf.tensor1d(losses), tf.tensor1d(JSON.parse(metadata.losses!)));
    close('weight', probe.weight, tensor('final.classifier.weight'));
    close('bias', probe.bias, tensor('final.classifier.bias'));
    close('alpha', probe.alpha, tf.reshape(tensor('final.alpha_vec'), [-1]));
    await run(2);
    close('weight after two', probe.weight, tensor('after2.classifier.weight'));
    close('bias after two', probe.bias, tensor('after2.classifier.bias'));
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    expect((await run(21, { features, labels })).best).toBe(20); // the last of the best
    close('evaluation', await evaluated(method, { images }), tensor('eval_logits'));
    recording.close();
  });
});

describe('LP++', () => {
  const clip = tinyClip();
  it('learns its shots in one fit, and keeps what is best on validation images', async () => {
    const method = lpplusplus(clip, names, { images: 18 });
    for await (const epoch of train(method, items(6), { transform: imageViews() }))
      expect(epoch).toMatchObject({ number: 1, epochs: 1 });
    expect((await evaluate(method, items(6), { transform: imageViews() })).top1).toBe(100);
    const validation = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const accuracy = async (rounds: number, more: object) => {
      const probe = lpplusplus(clip, names, { images: 18, rounds });
      for await (const _ of train(probe, items(6), { transform: imageViews(), ...more }));
      return (await evaluate(probe, validation, { transform: imageViews() })).top1;
    };
    const best = await accuracy(20, { validation });
    for (const rounds of [1, 7, 20]) expect(best).toBeGreaterThanOrEqual(await accuracy(rounds, {}));
  });
});
