import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, it } from 'vitest';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { clipAdapter } from './clip-adapter.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('CLIP-Adapter equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('logits, loss, gradients, two steps of SGD', async () => {
    const recording = await zooRecording('clip-adapter');
    const { clip, classNames, metadata } = recording;
    const method = clipAdapter(clip, classNames, {
      ratio: Number(metadata.ratio),
      reduction: Number(metadata.reduction),
    });
    await expectRecorded(recording, method);
    recording.close();
  });
});
