import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, it } from 'vitest';
import { coop } from './coop.js';
import { imageViews, items, names, tinyClip } from './testing.js';
import { train } from './train.js';
import { cachedViews, type Views } from './views.js';

beforeAll(() => useDevice({ backend: 'cpu' }));

function countingViews(): Views & { loads: number } {
  const views = imageViews();
  const counting = {
    fixed: true,
    loads: 0,
    load: (...given: Parameters<Views['load']>) => {
      counting.loads++;
      return views.load(...given);
    },
  };
  return counting;
}

it('methods that are trained through the same fixed views decode images and compute frozen features once', async () => {
  const clip = tinyClip();
  const calls = { vision: 0 };
  const { vision } = clip;
  clip.vision = (...given) => {
    calls.vision++;
    return vision(...given);
  };
  const losses = async (views: Views) => {
    const method = coop(clip, names, { epochs: 1 });
    for await (const { loss } of train(method, items(2), { views })) return loss;
  };
  const views = countingViews();
  const first = await losses(views);
  const after = { ...calls, loads: views.loads };
  expect(after.loads).toBe(items(2).length);
  expect(await losses(cachedViews(views))).toBe(first);
  expect({ ...calls, loads: views.loads }).toEqual(after);
  expect(await losses(countingViews())).toBe(first);
  expect(calls.vision).toBeGreaterThan(after.vision);
});
