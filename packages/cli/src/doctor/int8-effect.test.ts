import { type Clip, loadClip } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { resolveMethod } from '@dgprompt/methods';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, stepOf } from './int8-closeness.js';
import { int8Effect } from './int8-effect.js';

describe('the mini-CLIP in int8, compared with float32', () => {
  let clip: Clip;
  let weather: Dataset;
  beforeAll(async () => {
    await useDevice({ threads: 1 });
    clip = await loadClip(miniClip);
    weather = await loadTask('weather');
  });
  afterAll(async () => {
    clip.dispose();
    await useDevice();
  });

  it('has nearly the same features of images and texts, and nearly the same predictions', async () => {
    const dataset = { ...weather, test: weather.test.filter((_, i) => i % 8 === 0) };
    const { features, texts, images, changed, products } = await int8Effect(clip, dataset, { threads: 1 });
    expect(features.mean).toBeGreaterThan(0.999);
    expect(features.least).toBeGreaterThan(0.998);
    expect(features.mean).toBeLessThan(0.99999); // confirms that it runs in int8
    expect(texts).toBeGreaterThan(0.999);
    expect(changed / images).toBeLessThan(0.05);
    expect(products).toBeGreaterThan(20);
  }, 60_000);

  it.each(['coop', 'vpt', 'maple', 'promptsrc', 'dgprompt', 'kgcoop'])(
    'gives nearly the gradients of %s',
    async name => {
      const method = resolveMethod(name)(clip, weather.classNames, { seed: 1 });
      const items = weather.train.slice(0, 64).filter((_, i) => i % 16 === 0);
      const gradientsIn = async (precision: 'fp32' | 'int8') => {
        await useDevice({ threads: 1, precision });
        return (await stepOf(method, items)).gradients;
      };
      const [whole, narrow, again] = [await gradientsIn('fp32'), await gradientsIn('int8'), await gradientsIn('int8')];
      expect(cosine(whole, narrow)).toBeGreaterThan(0.995);
      expect(narrow).not.toEqual(whole);
      expect(again).toEqual(narrow);
    },
    60_000,
  );
});
