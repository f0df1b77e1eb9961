import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { clipLora } from './clip-lora.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('CLIP-LoRA (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('clip-lora');
    const method = clipLora(recording.clip, recording.classNames);
    await expectRecorded(recording, method, {
      parameter(name) {
        const [, visual, l, part, matrix] =
          /^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.(.)_proj\.w_lora_(.)$/.exec(name)!;
        return [`${visual ? 'vision' : 'text'}.${l}.${part}.${matrix === 'A' ? 'down' : 'up'}`, 'transposed'];
      },
    });
    method.dispose();
    recording.close();
  });
});

describe('CLIP-LoRA', () => {
  it('starts as CLIP', () => {
    const clip = tinyClip();
    const { learner } = clipLora(clip, ['cat', 'owl']);
    const made = learner.textFeatures!(['cat', 'owl'], {}) as import('@tensorflow/tfjs-core').Tensor;
    expect([...made.dataSync()]).toEqual([...clip.text(['cat', 'owl']).dataSync()].map(x => expect.closeTo(x, 6)));
  });

  it('runs 500 steps per shot', () => {
    const { recipe } = clipLora.definition;
    const about = { protocol: 'few-shot' as const, dataset: 'dtd', templates: [] as string[] };
    expect(recipe({ ...about, shots: 16, images: 752 }).epochs).toBe(334); // of 24 steps
    expect(recipe({ ...about, shots: 1, images: 10 }).epochs).toBe(500);
  });

  it('throws for a rank above the width', () => {
    expect(() => clipLora(tinyClip(), ['cat', 'owl'], { rank: 9 })).toThrow(
      'clip-lora: rank is 9; it must be at most 8, the width of the narrower tower.',
    );
  });
});
