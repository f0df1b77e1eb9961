import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { cachedTransform, type Transform } from '../transforms/transform.js';
import { coop } from '../zoo/coop.js';
import { zeroshot } from '../zoo/zeroshot.js';

beforeAll(() => useDevice({ backend: 'cpu' }));

it('methods trained on the same fixed views decode images and compute frozen features once', async () => {
  const clip = tinyClip();
  const calls = { vision: 0 };
  const { vision } = clip;
  clip.vision = (...given) => {
    calls.vision++;
    return vision(...given);
  };
  const losses = async (transform: Transform) => {
    const method = coop(clip, names, { epochs: 1 });
    for await (const { loss } of train(method, items(2), { transform })) return loss;
  };
  const views = imageViews();
  const first = await losses(views);
  const after = { ...calls, loads: views.loads };
  expect(after.loads).toBe(items(2).length);
  expect(await losses(cachedTransform(views))).toBe(first);
  expect({ ...calls, loads: views.loads }).toEqual(after);
  expect(await losses(imageViews())).toBe(first);
  expect(calls.vision).toBeGreaterThan(after.vision);
});

it('methods without visual prompts share the features of test images', async () => {
  const clip = tinyClip();
  const views = imageViews();
  const shared = await evaluate(zeroshot(clip, names), items(3), { transform: views });
  const loads = views.loads;
  const done: number[] = [];
  await evaluate(coop(clip, names), items(3), { transform: views, onProgress: progress => done.push(progress.done) });
  expect(views.loads).toBe(loads);
  expect(done.at(-1)).toBe(9);

  const pixels = await evaluate(zeroshot(clip, names), items(3), { transform: imageViews({ fixed: false }) });
  expect(shared.predicted).toEqual(pixels.predicted);
});
