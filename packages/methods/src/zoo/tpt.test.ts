import { compile, useDevice, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adapted } from '../evaluation/adapt.js';
import type { ProtocolName } from '../learner/types.js';
import { names, tinyClip } from '../testing/tiny.js';
import { close, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { entropyOfSurest, surest, tpt, viewEntropies } from './tpt.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('TPT equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('entropies of views, the surest, loss, gradient, logits after one step of AdamW', async () => {
    const recording = await zooRecording('tpt');
    const { clip, classNames, tensor } = recording;
    const method = tpt(clip, classNames, { views: 19 });
    const context = method.learner.variables.context as tf.Variable;
    close('start', context, tensor('init.prompt_learner.ctx'));
    const views = tensor('views') as tf.Tensor4D;
    const logitsOf = (images: tf.Tensor4D) => {
      const text = method.learner.textFeatures!(classNames, method.task) as tf.Tensor2D;
      return tf.mul(tf.matMul(clip.vision(images), text, false, true), clip.logitScale) as tf.Tensor2D;
    };
    const first = compile((images: tf.Tensor4D) => {
      const logits = logitsOf(images);
      const entropies = viewEntropies(logits);
      const loss = () => entropyOfSurest(logitsOf(images), 2);
      return { logits, entropies, chosen: surest(entropies, 2), step: valueAndGrads({ context }, loss) };
    });
    const { logits, entropies, chosen, step } = await first(views);
    close('logits', logits, tensor('step0.logits'));
    close('entropies', entropies, tensor('step0.view_entropy'));
    const places = [...chosen.dataSync()].flatMap((one, i) => (one ? [i] : []));
    expect(places).toEqual([...tensor('step0.selected').dataSync()].sort((a, b) => a - b));
    close('loss', step[0], tensor('step0.loss'));
    const wanted = tensor('grad0.prompt_learner.ctx');
    const scale = tf.max(tf.abs(wanted));
    close('gradient', tf.div(step[1].context, scale), tf.div(wanted, scale));
    await first.dispose();

    const ready = await adapted(method);
    const after = await ready.logits(views);
    close('logits after the step', tf.tensor1d(after), tensor('eval_logits'));
    close('the context is as before', context, tensor('init.prompt_learner.ctx'));
    await ready.dispose();
    recording.close();
  });
});

describe('TPT', () => {
  it('chooses the most confident views, the first ones on a tie', () => {
    expect([...surest(tf.tensor1d([3, 1, 2, 1, 1]), 2).dataSync()]).toEqual([0, 1, 0, 1, 0]);
  });

  it('mixes AugMix into its views, as published, but not for ImageNet and its variants', async () => {
    const adaptOn = (dataset: string, protocol: ProtocolName) =>
      tpt(tinyClip(), names, tpt.definition.recipe({ ...task, dataset, protocol })).learner.adapt!;
    const augmentationOf = (...on: Parameters<typeof adaptOn>) => adaptOn(...on).augmentation;
    const task = { shots: 16, images: 800, templates: [] };
    expect(augmentationOf('dtd', 'few-shot')).toBe('augmix');
    expect(augmentationOf('imagenet', 'domain-generalization')).toBe('crops');
    expect(augmentationOf('imagenet-sketch', 'few-shot')).toBe('crops');
    expect(augmentationOf('imagenet', 'cross-dataset')).toBe('augmix');
    expect(adaptOn('dtd', 'few-shot').interpolation).toBe('bilinear');
  });

  it('throws if there are too few views to choose any', () => {
    expect(() => tpt(tinyClip(), names, { views: 1 })).toThrow(
      'tpt: 1 view beside the image and a selection of 0.1 leave none to learn from; give more views, or a larger',
    );
    expect(() => tpt(tinyClip(), names, { views: 9 })).not.toThrow();
  });
});
