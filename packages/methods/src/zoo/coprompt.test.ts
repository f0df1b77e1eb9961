import { normalised } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { imageViews, items, tinyClip } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { trainingData } from '../training/data.js';
import { coprompt } from './coprompt.js';
import { cosineDistance } from './parts/distance.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('CoPrompt (needs ../shared/golden-zoo)', () => {
  it('equals its published code, with the sentences and views that it drew', async () => {
    const recording = await zooRecording('coprompt');
    const { clip, classNames, metadata } = recording;
    const method = coprompt(clip, classNames, { tokens: 2, depth: 3, consistency: 4 });
    const sentences = tf.unstack(recording.tensor('sentence_features'));
    const picked = JSON.parse(metadata.sentence_picked!) as number[];
    const views = tf.unstack(recording.tensor('images2')) as tf.Tensor4D[];
    await expectRecorded(recording, method, {
      batch: i => ({ frozenView: views[i]!, frozenText: normalised(sentences[picked[i]!]!) }),
      terms: ({ text, image, frozen }) => ({
        cos_text: cosineDistance(text, frozen!.text),
        cos_image: cosineDistance(image, frozen!.image),
      }),
    });
    method.dispose();
    recording.close();
  });
});

describe('CoPrompt', () => {
  it('names a class without sentences', async () => {
    const prepare = (descriptions: Record<string, string[]>) => {
      const method = coprompt(tinyClip(), ['cat', 'big_dog'], { descriptions });
      return trainingData(method, items(1).slice(0, 2), { train: [imageViews()], batch: 2 });
    };
    await expect(prepare({ cat: ['a small cat.'], 'big dogs': ['a dog.'] })).rejects.toThrow(
      'coprompt: there are no sentences for the class "big_dog"; add a list of them under its name (there is "big dogs").',
    );
    await prepare({ cat: ['a cat.'], 'big dog': ['a dog.'] });
  });

  it('has its own settings for each dataset', () => {
    const of = (dataset: string) =>
      coprompt.definition.recipe({ protocol: 'base-to-new', dataset, shots: 16, images: 800, templates: [] });
    expect(of('food-101')).toMatchObject({ epochs: 5, depth: 9, tokens: 4, consistency: 0.5 });
    expect(of('weather')).toEqual({ lr: 0.0035, epochs: 8, batch: 4, augmentation: 'randaugment' });
  });
});
