import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { rpo } from './rpo.js';

beforeAll(async () => {
  await useDevice();
});

const about = { protocol: 'base-to-new' as const, shots: 16, images: 800, templates: [] as string[] };

describe.skipIf(!hasGoldenZoo)('RPO (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('rpo');
    const method = rpo(recording.clip, recording.classNames, { pairs: 3 });
    await expectRecorded(recording, method);
    method.dispose();
    recording.close();
  });

  it('reads other words as written', async () => {
    const recording = await zooRecording('rpo');
    const method = rpo(recording.clip, recording.classNames, { pairs: 3, asWritten: true });
    await expect(expectRecorded(recording, method)).rejects.toThrow(); // "dollar_bill"
    method.dispose();
    recording.close();
  });
});

describe('RPO', () => {
  it('takes smaller steps on ImageNet', () => {
    expect(['imagenet', 'dtd'].map(dataset => rpo.definition.recipe({ ...about, dataset }).lr)).toEqual([0.005, 0.01]);
  });
});
