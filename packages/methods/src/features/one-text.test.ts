import { useDevice } from '@dgprompt/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { distance, tinyClip } from '../testing/tiny.js';
import { oneText } from './one-text.js';
import { frozenText } from './text.js';

const clip = tinyClip();
beforeAll(() => useDevice({ threads: 1 }));

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];

describe('one text per class', () => {
  it.each([
    ['a photo of a {}.', ['sun', 'moon']],
    ['a {} beside a {}.', ['sun', 'moon']],
    ['a photo of a {}.', ['A$$AP', 'sea_lion']],
  ])('of the single template "%s" is the mean over it: %j', async (template, names) => {
    const given = { templates: [template] };
    const one = await oneText(clip, names, given);
    expect(distance(numbers(one.at(0.7)), numbers(await frozenText(clip, names, given)))).toBeLessThan(1e-6);
  });

  it('has the same index for classes with equally many texts, and any of them', async () => {
    const names = ['sun', 'moon'];
    const templates = ['a {}.', 'the {}.', 'one {}.'];
    const one = await oneText(clip, names, { templates });
    for (const [i, template] of templates.entries()) {
      const wanted = await frozenText(clip, names, { templates: [template] });
      expect(distance(numbers(one.at((i + 0.5) / 3)), numbers(wanted))).toBeLessThan(1e-6);
    }
  });

  it('throws one sentence without templates, or for one without {}', async () => {
    await expect(oneText(clip, ['sun'], { templates: [] })).rejects.toThrow('at least one template');
    await expect(oneText(clip, ['sun'], { templates: ['a photo'] })).rejects.toThrow('"a photo" has no {}');
  });
});
