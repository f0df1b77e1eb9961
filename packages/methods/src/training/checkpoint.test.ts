import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineMethod, methodVariant } from '../method/define.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { coop } from '../zoo/coop.js';
import { dgpromptFirst } from '../zoo/dgprompt-first.js';
import { loadMethod } from '../zoo/load.js';
import { maple } from '../zoo/maple.js';
import { train } from './train.js';

let clip: Clip;
let folder: string;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-methods-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('save and loadMethod', () => {
  it('restore the same method, with bit-identical variables', async () => {
    const method = dgpromptFirst(clip, names, {
      guidance: { rank: 4, image: 'prototype' },
      average: { mean: 1 },
      lr: 0.01,
      seed: 5,
    });
    for await (const _ of train(method, items(2), { transform: imageViews(), epochs: 1 }));
    await method.save(folder);
    const loaded = await loadMethod(folder, clip);
    expect(values(loaded)).toEqual(values(method));
    const { name, options, recipe, task, seed, classNames } = method;
    expect(loaded).toMatchObject({ name, options, recipe, task, seed, classNames });
    expect((await readdir(folder)).sort()).toEqual(['prompts.safetensors', 'run.json']);
  });

  it('keep a variant, and take a method of your own', async () => {
    await methodVariant(coop, 'csc')(clip, names).save(folder);
    const loaded = await loadMethod(folder, clip);
    expect(loaded.name).toBe('coop:csc');
    expect(loaded.options.csc).toBe(true);

    const mine = defineMethod({
      name: 'mine',
      options: {},
      recipe: () => ({ lr: 1, epochs: 1, batch: 1 }),
      build: (_clip, _options, random) => ({ variables: { x: tf.variable(random.normal([2], 1)) } }),
    });
    await mine(clip, names).save(folder);
    await expect(loadMethod(folder, clip)).rejects.toThrow(/Unknown method "mine"/);
    expect((await loadMethod(folder, clip, [mine])).name).toBe('mine');
  });

  it('keep the size of the images', async () => {
    const [small, large] = [await loadClip(miniClip), await loadClip(miniClip, { imageSize: 96 })];
    await coop(large, names).save(folder);
    expect((await loadMethod(folder)).clip.imageSize).toBe(96);
    await expect(loadMethod(folder, small)).rejects.toThrow('and this is another one');
  });

  it('predict classes with scores that sum to 1, the best first', async () => {
    const image = join(folder, 'image.png');
    await sharp({ create: { width: 20, height: 12, channels: 3, background: 'teal' } })
      .png()
      .toFile(image);
    const method = maple(clip, names);
    const [one] = await method.predict([image]);
    expect(one!.map(({ label }) => label).sort()).toEqual([...names].sort());
    expect(one!.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    expect(one![0]!.score).toBeGreaterThanOrEqual(one![1]!.score);
    const many = await method.predict(new Array(18).fill(image), { top: 1 });
    expect(many).toHaveLength(18);
    expect(many[17]).toEqual([{ label: one![0]!.label, score: expect.closeTo(one![0]!.score, 4) }]);

    const before = one![0]!.score; // training changes its predictions
    for await (const _ of train(method, items(4), { transform: imageViews(), epochs: 2, lr: 0.5 }));
    expect((await method.predict([image]))[0]!.map(p => p.score)).not.toContain(before);
    method.dispose();
  });

  it('throw one sentence for what does not fit', async () => {
    await maple(clip, names).save(folder);
    await expect(loadMethod(folder, tinyClip(2))).rejects.toThrow(
      /trained on the CLIP.*tiny-1.*another one \(tiny-2\)/,
    );
    await expect(loadMethod(join(folder, 'nowhere'), clip)).rejects.toThrow(/There is no folder .*nowhere;/);

    const path = join(folder, 'run.json');
    const run = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...run, options: { ...run.options, tokens: 3 } }));
    await expect(loadMethod(folder, clip)).rejects.toThrow(/"text\.0" is \[2,8\].*\[3,8\]/);
    await writeFile(path, '{}');
    await expect(loadMethod(folder, clip)).rejects.toThrow(/run\.json is not a checkpoint/);
    await rm(path);
    await expect(loadMethod(folder, clip)).rejects.toThrow(/run\.json cannot be read/);
  });
});

describe('forClasses', () => {
  it('shares the prompts and knows other classes', () => {
    const method = coop(clip, names);
    const wider = method.forClasses([...names, 'edelweiss']);
    expect(wider.classNames).toEqual([...names, 'edelweiss']);
    expect(wider.learner).toBe(method.learner);
    wider.dispose(); // the variables are the first method's
    expect(values(method).context).toHaveLength(16 * 8);
  });

  it('throws if the contexts belong to the classes', () => {
    const method = coop(clip, names, { csc: true });
    expect(() => method.forClasses(['ant', 'bee', 'cow'])).toThrow(/coop: what it learned belongs to the 3 classes/);
    expect(method.forClasses(names).classNames).toEqual(names);
  });

  it('throws for invalid class lists', () => {
    const method = coop(clip, names);
    expect(() => method.forClasses(['ant'])).toThrow(/at least two classes/);
    expect(() => method.forClasses(['ant', ' '])).toThrow(/class 1 is empty/);
    expect(() => method.forClasses(['sea_lion', 'ant', 'sea lion'])).toThrow(/Classes 0 and 2 have the same name/);
    expect(coop(clip, ['missile', 'missile'], { dataset: 'imagenet' }).classNames).toHaveLength(2);
  });
});
