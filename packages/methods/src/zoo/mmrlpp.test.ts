import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectNewClasses, twoFeatureTerms } from '../testing/two-features.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { mmrlpp } from './mmrlpp.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('MMRL++ (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('mmrlpp');
    const sizes = { tokens: 2, width: 48, first: 2, rank: { layer: 3, projection: 8 } };
    const method = mmrlpp(recording.clip, recording.classNames, { ...sizes, fresh: 0.7, knowledge: 0.5 });
    await expectRecorded(recording, method, {
      terms: twoFeatureTerms,
    });
    await expectNewClasses(recording, method);
    method.dispose();
    recording.close();
  });
});

describe('MMRL++', () => {
  const of = (protocol: 'base-to-new' | 'few-shot' | 'cross-dataset', dataset: string) =>
    mmrlpp.definition.recipe({ protocol, dataset, shots: 16, images: 800, templates: [] });

  it('has its own recipe for each protocol', () => {
    expect(of('base-to-new', 'dtd')).toMatchObject({ epochs: 10, batch: 4, fresh: 0.9, knowledge: 7 });
    expect(of('few-shot', 'eurosat')).toMatchObject({ epochs: 50, batch: 32, fresh: 0.2, width: 2048 });
    expect(of('few-shot', 'imagenet')).toMatchObject({ epochs: 5, batch: 32, knowledge: 0.2 });
    expect(of('cross-dataset', 'imagenet')).toMatchObject({ epochs: 1, schedule: { name: 'cosine' }, knowledge: 0.1 });
  });

  it('makes tokens for the layers from the first to the last', () => {
    const classes = ['cat', 'owl'];
    const method = mmrlpp(tinyClip(), classes, { first: 2, last: 2 });
    const layers = Object.keys((method.learner.variables as never as { toText: { layers: object } }).toText.layers);
    expect(layers).toEqual(['0']);
    method.dispose();
    expect(mmrlpp(tinyClip(), classes).options).toMatchObject({ first: 3, last: 3 });
    expect(() => mmrlpp(tinyClip(), classes, { first: 3, last: 2 })).toThrow('mmrlpp: first is 3 and last is 2');
  });
});
