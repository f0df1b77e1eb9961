import type { Clip } from '@dgprompt/clip';
import { createDataset } from '@dgprompt/datasets';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { textSide } from '../evaluation/inference.js';
import { features, handWrittenText } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { items, names, tinyClip } from '../testing/tiny.js';
import { methodNames, resolveMethod } from '../zoo/all.js';

const [train, test] = [items(2), items(1)];
const about = { classNames: names, train, val: [], test };
const pets = createDataset({ ...about, name: 'oxford_pets', templates: ['a photo of a {}, a type of pet.'] });
const actions = createDataset({ ...about, name: 'ucf101', templates: ['a photo of a person doing {}.'] });

let clip: Clip;
let images: tf.Tensor4D;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
  images = tf.randomUniform([1, 3, 8, 8], -1, 1, 'float32', 7);
});

/** The text features of a method before training, for one image if they are per image. */
async function textOf(method: Method): Promise<Float32Array> {
  const side = await textSide(method).compute();
  const frozen = await handWrittenText(method);
  const run = compile(() => features(method, { images }, { ...side, frozen }).text);
  const values = (await run().then(text => text.data())) as Float32Array;
  await run.dispose();
  return values;
}

describe('a method tested on another dataset', () => {
  it.each([...methodNames, 'kgcoop:memory', 'clip-lora:vision', 'dgprompt:no-memory'])(
    '%s: uses its hand-written prompts',
    async id => {
      const make = resolveMethod(id);
      const small = id === 'cocoop' ? { reduction: 4 } : {}; // this CLIP's features are few
      const ofPets = make(clip, pets, small as never);
      const options = { ...ofPets.options, ...(id === 'tcp' && { words: 'a photo of a person doing {}.' }) };
      const ofActions = make(clip, actions, options as never);
      const there = ofPets.forClasses(actions);
      expect(there.task).toMatchObject({ dataset: 'ucf101', templates: actions.templates });
      expect(await textOf(there)).toEqual(await textOf(ofActions));
      for (const method of [ofPets, ofActions]) method.dispose();
    },
  );

  it('TCP: an own prompt stays', async () => {
    const own = resolveMethod('tcp')(clip, pets, { words: 'an owl that is a {}.' } as never);
    const [here, there] = [own, own.forClasses(['sun', 'moon', 'star'])].map(({ learner, task, classNames }) => {
      const text = tf.ones([classNames.length, clip.config.embedDim]);
      return learner.textFeatures!([...names], { ...task, text }) as tf.Tensor;
    });
    expect([...there!.dataSync()]).toEqual([...here!.dataSync()]);
  });
});
