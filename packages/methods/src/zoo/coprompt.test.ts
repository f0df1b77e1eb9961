import { normalised } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Shots } from '../learner/types.js';
import { tinyClip } from '../testing/tiny.js';
import { close, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { coprompt } from './coprompt.js';
import { cosineDistance } from './parts/distance.js';

beforeAll(async () => {
  await useDevice();
});

const state = (learner: ReturnType<typeof coprompt>['learner']) => learner.state!.sentences as tf.Variable;
describe.skipIf(!hasGoldenZoo)('CoPrompt (needs ../shared/golden-zoo)', () => {
  it('equals its published code, with the sentences and views that it drew', async () => {
    const recording = await zooRecording('coprompt');
    const { clip, classNames, metadata } = recording;
    const method = coprompt(clip, classNames, { tokens: 2, depth: 3, consistency: 4 });
    const sentences = tf.unstack(recording.tensor('sentence_features'));
    const picked = JSON.parse(metadata.sentence_picked!) as number[];
    const teacher = tf.unstack(recording.tensor('images2')).map(images => clip.vision(images));
    await expectRecorded(recording, method, {
      batch: i => ({ frozen: { image: teacher[i]! } }),
      beforeStep: i => state(method.learner).assign(normalised(sentences[picked[i]!]!)),
      terms: ({ text, image, perClass, frozen }) => ({
        cos_text: cosineDistance(text, perClass!.sentences!),
        cos_image: cosineDistance(image, frozen!.image),
      }),
    });
    method.dispose();
    recording.close();
  });

  it('compares with the mean of each class’s sentences', async () => {
    const recording = await zooRecording('coprompt');
    const descriptions = JSON.parse(recording.metadata.sentences!) as Record<string, string[]>;
    const method = coprompt(recording.clip, recording.classNames, { descriptions });
    await method.learner.fit!({} as Shots);
    close('sentences', state(method.learner), tf.mean(normalised(recording.tensor('sentence_features')), 0));
    method.dispose();
    recording.close();
  });
});

describe('CoPrompt', () => {
  const fit = (descriptions: Record<string, string[]>) =>
    coprompt(tinyClip(), ['cat', 'big_dog'], { descriptions }).learner.fit!({} as Shots);

  it('names a class without sentences', async () => {
    await expect(fit({ cat: ['a small cat.'], 'big dogs': ['a dog.'] })).rejects.toThrow(
      'coprompt: there are no sentences for the class "big_dog"; add a list of them under its name (there is "big dogs").',
    );
    await fit({ cat: ['a cat.'], 'big dog': ['a dog.'] });
  });

  it('has its own settings for each dataset', () => {
    const of = (dataset: string) =>
      coprompt.definition.recipe({ protocol: 'base-to-new', dataset, shots: 16, images: 800, templates: [] });
    expect(of('food-101')).toMatchObject({ epochs: 5, depth: 9, tokens: 4, consistency: 0.5 });
    expect(of('weather')).toEqual({ lr: 0.0035, epochs: 8, batch: 4 });
  });
});
