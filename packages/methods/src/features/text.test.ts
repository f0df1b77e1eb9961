import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, test } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { promptsrc } from '../zoo/promptsrc.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { type FrozenTextOptions, frozenText } from './text.js';

beforeAll(() => useDevice({ backend: 'cpu' }));

const templates = ['a photo of a {}.', 'the {}'];

const newStore = async () => ({ folder: await mkdtemp(join(tmpdir(), 'dgprompt-text-')), setting: 'cpu' });

/** A CLIP that counts how often text features of hand-written prompts are requested. */
function counting(clip: Clip) {
  const counted = { ...clip, computed: 0 };
  counted.ensemble = (...given) => {
    counted.computed++;
    return clip.ensemble(...given);
  };
  return counted;
}

const valuesOf = async (clip: Clip, of: readonly string[], options?: FrozenTextOptions) => [
  ...(await frozenText(clip, names, of, options)).dataSync(),
];

test('text features are computed once for all processes, and restored bit for bit', async () => {
  const [clip, features] = [counting(tinyClip()), await newStore()];
  const first = await valuesOf(clip, templates, { features });
  expect(await valuesOf(clip, templates, { features })).toEqual(first);
  expect(clip.computed).toBe(1);
  expect(await valuesOf(clip, templates)).toEqual(first);
  expect(clip.computed).toBe(2);
});

test('other templates, another order, average, CLIP, tokenizer or setting give other features', async () => {
  const [clip, features] = [counting(tinyClip()), await newStore()];
  await valuesOf(clip, templates, { features });
  const letters = { ...clip.tokenizer, encode: (text: string) => clip.tokenizer.encode(text).reverse() };
  const others: [Clip, string[], FrozenTextOptions][] = [
    [clip, templates.slice(1), { features }],
    [clip, [...templates].reverse(), { features }],
    [clip, templates, { features, raw: true }],
    [{ ...clip, id: 'other' }, templates, { features }],
    [{ ...clip, tokenizer: letters }, templates, { features }],
    [clip, templates, { features: { ...features, setting: 'gpu' } }],
  ];
  for (const [model, of, options] of others) await valuesOf(model, of, options);
  expect(await readdir(features.folder)).toHaveLength(1 + others.length);
});

test('a damaged file, a folder that cannot be written and weights without a file only cost time', async () => {
  const [clip, features] = [counting(tinyClip()), await newStore()];
  const wanted = await valuesOf(clip, templates, { features });
  const [file] = await readdir(features.folder);
  await writeFile(join(features.folder, file!), 'short');
  expect(await valuesOf(clip, templates, { features })).toEqual(wanted);
  const inTheWay = { ...features, folder: join(features.folder, file!) };
  expect(await valuesOf(clip, templates, { features: inTheWay })).toEqual(wanted);
  await rm(features.folder, { recursive: true });
  expect(await valuesOf({ ...clip, id: '' }, templates, { features })).toEqual(wanted);
  expect(clip.computed).toBe(4); // each of the four times
  await expect(readdir(features.folder)).rejects.toThrow('ENOENT');
});

test('testing and training keep them with the features of images, and report progress', async () => {
  const [clip, features] = [counting(tinyClip()), await newStore()];
  const views = Object.assign(imageViews(), { features });
  const told: unknown[] = [];
  const onProgress = (progress: { phase: string }) => progress.phase === 'text' && told.push(progress);
  await evaluate(zeroshot(clip, names, { templates }), items(1), { transform: views, onProgress });
  expect(told).toEqual([{ phase: 'text', done: 6, total: 6 }]);
  await evaluate(zeroshot(clip, names, { templates }), items(1), { transform: views, onProgress });
  expect(clip.computed).toBe(1);

  const learn = async () => {
    for await (const _ of train(promptsrc(clip, names, { epochs: 1, retention: { templates } }), items(1), {
      transform: views,
      onProgress,
    }));
  };
  await learn();
  await learn();
  expect(clip.computed).toBe(2); // PromptSRC averages before it normalises
  expect(told).toHaveLength(2);
});

test('stops when aborted', async () => {
  const signal = AbortSignal.abort('enough');
  await expect(frozenText(tinyClip(), names, templates, { signal })).rejects.toBe('enough');
});
