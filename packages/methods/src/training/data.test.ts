import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import { beforeAll, expect, it } from 'vitest';
import { distance, imageViews, items, names, tinyClip } from '../testing/tiny.js';
import type { Transform } from '../transforms/transform.js';
import { resolveMethod } from '../zoo/all.js';
import { trainingData } from './data.js';

beforeAll(() => useDevice({ threads: 1 }));

/** The same picture, darker: a view other than the whole one. */
function darker(fixed: boolean): Transform {
  const whole = imageViews();
  const load: Transform['load'] = async (...given) => (await whole.load(...given)).map(x => x / 3);
  return { fixed, load };
}

async function frozenOf(id: string, train: Transform, test: Transform): Promise<Float32Array> {
  const data = await trainingData(resolveMethod(id)(tinyClip(), names), items(1), { train: [train], test, batch: 3 });
  for await (const { frozen } of data.epoch(1, [[0, 1, 2]], randomStream(1)))
    return (await frozen!.image.data()).slice() as Float32Array;
  throw new Error('no batch');
}

it('frozen features are of the view in training, or of the whole image if a method requests it', async () => {
  const whole = imageViews();
  const expected = await frozenOf('dgprompt', whole, whole);
  for (const fixed of [true, false]) expect(await frozenOf('dgprompt', darker(fixed), whole)).toEqual(expected);
  const same = await frozenOf('dgprompt:retention.view=same', darker(true), whole);
  expect(distance(same, expected)).toBeGreaterThan(1e-4);
});
