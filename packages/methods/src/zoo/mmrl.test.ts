import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectNewClasses, twoFeatureTerms } from '../testing/two-features.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { mmrl } from './mmrl.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('MMRL (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('mmrl');
    const options = { tokens: 2, width: 48, first: 2, knowledge: 0.5 };
    const method = mmrl(recording.clip, recording.classNames, options);
    await expectRecorded(recording, method, {
      terms: twoFeatureTerms,
    });
    await expectNewClasses(recording, method);
    method.dispose();
    recording.close();
  });
});

describe('MMRL', () => {
  const of = (protocol: 'base-to-new' | 'few-shot' | 'cross-dataset', dataset: string) =>
    mmrl.definition.recipe({ protocol, dataset, shots: 16, images: 800, templates: [] });

  it('has its own recipe for each protocol', () => {
    expect(of('base-to-new', 'dtd')).toMatchObject({ epochs: 10, batch: 4, knowledge: 6 });
    expect(of('few-shot', 'dtd')).toMatchObject({ epochs: 50, batch: 32 });
    expect(of('few-shot', 'imagenet')).toMatchObject({ epochs: 5, batch: 32, knowledge: 0.5 });
    expect(of('cross-dataset', 'imagenet')).toMatchObject({ epochs: 1, schedule: { name: 'cosine' } });
    expect(of('base-to-new', 'eurosat')).toMatchObject({ width: 2048, knowledge: 0.01 });
  });

  it('makes tokens for the layers from the first to the last', () => {
    const classes = ['cat', 'owl'];
    const method = mmrl(tinyClip(), classes, { first: 2, last: 2 });
    const layers = Object.keys((method.learner.variables as never as { toText: object }).toText);
    expect(layers).toEqual(['0']);
    method.dispose();
    expect(mmrl(tinyClip(), classes).options).toMatchObject({ first: 3, last: 3 });
    expect(() => mmrl(tinyClip(), classes, { first: 3, last: 2 })).toThrow('mmrl: first is 3 and last is 2');
  });
});
