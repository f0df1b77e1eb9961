import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { handWrittenText } from '../learner/forward.js';
import { namedVariables } from '../method/variables.js';
import { inHicropl } from '../published/hicropl.js';
import { tinyClip } from '../testing/tiny.js';
import { close, evaluated, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { hicropl } from './hicropl.js';
import { cosineDistance } from './parts/distance.js';

beforeAll(async () => void (await useDevice()));

const published = { tokens: 4, depth: 3, cross: 2 };

describe.skipIf(!hasGoldenZoo)('HiCroPL (skipped without ../shared/golden-zoo)', () => {
  it('equals its published code: steps, and a first and a second evaluation', async () => {
    const recording = await zooRecording('hicropl');
    const { clip, classNames, metadata, tensor } = recording;
    const descriptions = JSON.parse(metadata.sentences!) as Record<string, string[]>;
    const method = hicropl(clip, classNames, { ...published, descriptions });
    const { learner } = method;
    close('sentences', await handWrittenText(method), tensor('sentence_features'));
    await expectRecorded(recording, method, {
      terms: ({ text, image, frozen }) => ({
        cos_text: cosineDistance(text, frozen!.text),
        cos_image: cosineDistance(image, frozen!.image),
      }),
    });
    tf.tidy(() => learner.beforeUpdate!()); // what a published evaluation writes
    const named = namedVariables(learner);
    for (const name of recording.names.filter(one => recording.has(`after_eval.${one}`)))
      close(name, named.get(inHicropl(name) as string)!, tensor(`after_eval.${name}`));
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    close('second evaluation', await evaluated(method, { images }), tensor('eval_logits_again'));
    method.dispose();
    recording.close();
  });
});

describe('HiCroPL', () => {
  const make = (options: object = {}) => hicropl(tinyClip(), ['cat', 'owl'], { heads: 2, ...options });

  it('trains the networks between the prompts only as written', () => {
    expect(Object.keys(make().learner.variables)).toEqual(['text', 'visual']);
    expect(Object.keys(make({ asWritten: true }).learner.variables)).toEqual(['text', 'visual', 'flow']);
    expect(make({ asWritten: true }).learner.beforeUpdate).toBeUndefined();
  });

  it('has at least one layer in each direction', () => {
    expect(make().options).toMatchObject({ depth: 3, cross: 2 });
    expect(() => make({ depth: 2, cross: 2 })).toThrow(/cross/);
    expect(hicropl(tinyClip(), ['cat', 'owl'])).toMatchObject({ options: { heads: 4 }, capped: { heads: 8 } });
    expect(() => make({ heads: 8 })).toThrow(
      'hicropl: heads 8 is more than the 4 that this CLIP has for it; give at most 4.',
    );
  });

  it('has the published settings of each protocol', () => {
    const of = (protocol: 'base-to-new' | 'cross-dataset', dataset: string) =>
      hicropl.definition.recipe({ protocol, dataset, shots: 16, images: 800, templates: [] });
    expect(of('base-to-new', 'dtd')).toMatchObject({ lr: 0.0025, epochs: 50, batch: 32 });
    expect(of('base-to-new', 'imagenet')).toMatchObject({ epochs: 40, batch: 128 });
    expect(of('cross-dataset', 'imagenet')).toMatchObject({ epochs: 5, tokens: 2, depth: 6, cross: 5 });
  });
});
