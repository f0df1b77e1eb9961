import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { mma } from './mma.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('MMA (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('mma');
    const method = mma(recording.clip, recording.classNames, { width: 8, first: 2, last: 3, scale: 0.5 });
    await expectRecorded(recording, method);
    method.dispose();
    recording.close();
  });
});

describe('MMA', () => {
  it('throws for a first block above the last', () => {
    expect(() => mma(tinyClip(), ['cat', 'owl'], { first: 3, last: 2 })).toThrow(
      'mma: first is 3 and last is 2; first must not be above last.',
    );
  });

  it('uses larger batches on ImageNet', () => {
    const about = { protocol: 'base-to-new' as const, shots: 16, images: 800, templates: [] as string[] };
    const batch = (dataset: string) => mma.definition.recipe({ ...about, dataset }).batch;
    expect([batch('imagenet'), batch('dtd')]).toEqual([128, 16]);
  });
});
