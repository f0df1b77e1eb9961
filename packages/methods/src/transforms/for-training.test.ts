import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, useDevice } from '@dgprompt/engine';
import type { Progress } from '@dgprompt/io';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../learner/types.js';
import { distance, imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { type TrainOptions, train } from '../training/train.js';
import { resolveMethod } from '../zoo/all.js';
import { coop } from '../zoo/coop.js';
import { drawnTransforms } from './drawn.js';
import { transformName, transformsFor, withRecipeViews } from './for-training.js';
import { evalTransform, type Transform, trainTransform } from './transform.js';

beforeAll(() => useDevice({ backend: 'cpu' }));

const paths = items(4).map(({ path }) => path);

/** Random views: each image with a new brightness each time; `loads` counts them. */
function flickering(): Transform & { loads: number } {
  const images = imageViews();
  return {
    ...{ fixed: false, loads: 0 },
    async load(path, random) {
      const light = 0.5 + random.next();
      this.loads++;
      return (await images.load(path, random)).map(value => value * light);
    },
  };
}

/** A CLIP that counts how often its vision tower runs. */
function countingClip() {
  const clip = tinyClip();
  const calls = { vision: 0 };
  const count = <T extends (...given: never[]) => unknown>(fn: T) =>
    ((...given) => {
      calls.vision++;
      return fn(...given);
    }) as T;
  clip.vision = count(clip.vision);
  clip.visionStates = count(clip.visionStates);
  return { clip, calls };
}

async function losses(method: Method, options: TrainOptions, onEpoch?: (number: number) => void): Promise<number[]> {
  const all: number[] = [];
  for await (const { loss, number } of train(method, items(4), { epochs: 4, batch: 4, lr: 0.02, ...options })) {
    all.push(loss);
    onEpoch?.(number);
  }
  return all;
}

describe('a fixed number of augmented views of each image', () => {
  it.each([
    'coop',
    'cocoop:reduction=4',
    'kgcoop',
    'prograd',
    'maple',
    'promptsrc',
    'dgprompt-first:guidance.rank=4+retention.states=1',
  ])(
    'trains %s as if the frozen tower ran on them in every step',
    async id => {
      const cached = resolveMethod(id)(tinyClip(), names);
      const fast = await losses(cached, { transform: flickering(), cacheFeatures: 3, seed: 5 });

      const drawn = drawnTransforms(flickering(), paths, { count: 3, seed: 5 });
      let epoch = 1;
      const live: Transform = { fixed: false, load: (...given) => drawn[(epoch - 1) % 3]!.load(...given) };
      const plain = resolveMethod(id)(tinyClip(), names);
      const slow = await losses(plain, { transform: live, seed: 5 }, number => {
        epoch = number + 1;
      });
      expect(distance(fast, slow)).toBeLessThan(1e-5);
      const [a, b] = [values(cached), values(plain)];
      for (const name of Object.keys(a)) expect(distance(a[name]!, b[name]!)).toBeLessThan(1e-5);
    },
    60_000,
  );

  it('goes through the frozen tower once for each view, and reports progress', async () => {
    const { clip, calls } = countingClip();
    const views = flickering();
    const told: number[] = [];
    const onProgress = ({ phase, done, total }: Progress) => phase === 'features' && told.push(done / total);
    await losses(coop(clip, names), { transform: views, cacheFeatures: 2, onProgress });
    expect(calls.vision).toBe(2);
    expect(views.loads).toBe(2 * paths.length);
    expect(told).toEqual([0.5, 1]);
    await losses(coop(clip, names), { transform: views, cacheFeatures: 9 }); // no more views than epochs
    expect(views.loads).toBe(2 * paths.length + 4 * paths.length);
  });

  it('also decodes each view once if prompts change the image side', async () => {
    const views = flickering();
    await losses(resolveMethod('promptsrc')(tinyClip(), names), { transform: views, cacheFeatures: 2 });
    expect(views.loads).toBe(2 * paths.length);
  });

  it('is drawn from the seed', async () => {
    const run = (seed: number) => losses(coop(tinyClip(), names), { transform: flickering(), cacheFeatures: 2, seed });
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(distance(await run(2), first)).toBeGreaterThan(1e-4);
  });

  it('stops computing features when aborted', async () => {
    const controller = new AbortController();
    const onProgress = ({ phase }: Progress) => phase === 'features' && controller.abort();
    const aborted = losses(coop(tinyClip(), names), {
      transform: flickering(),
      cacheFeatures: 3,
      onProgress,
      signal: controller.signal,
    });
    await expect(aborted).rejects.toThrow(/aborted/);
  });

  it('resumes from a checkpoint bit for bit, and another number of views is another run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
    const options = { cacheFeatures: 3, checkpoint: folder };
    const whole = resolveMethod('promptsrc')(tinyClip(), names);
    const all = await losses(whole, { transform: flickering(), cacheFeatures: 3 });
    const cut = resolveMethod('promptsrc')(tinyClip(), names);
    const given = { epochs: 4, batch: 4, lr: 0.02, transform: flickering() };
    for await (const { number } of train(cut, items(4), { ...given, ...options })) if (number === 2) break;
    const again = resolveMethod('promptsrc')(tinyClip(), names);
    expect(await losses(again, { transform: flickering(), ...options })).toEqual(all.slice(2));
    expect(values(again)).toEqual(values(whole));

    const other = (more: TrainOptions) => losses(coop(tinyClip(), names), { transform: flickering(), ...more });
    const elsewhere = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
    await other({ checkpoint: elsewhere });
    const refused = /its views is "random", and this one's is "random, 2 of each image"/;
    await expect(other({ checkpoint: elsewhere, cacheFeatures: 2 })).rejects.toThrow(refused);
  });

  it('keeps features on disk, separately for other views', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
    const views: Transform = {
      fixed: false,
      load: async (_, random) => Float32Array.from({ length: 3 * 8 * 8 }, random.next),
    };
    const files = await Promise.all(
      items(2).map(async item => {
        const path = join(folder, item.path);
        await writeFile(path, item.path);
        return { ...item, path };
      }),
    );
    const features = { folder: join(folder, 'features'), setting: 'cpu' };
    const { clip, calls } = countingClip();
    const run = async (seed: number) => {
      const method = coop(clip, names, { epochs: 2, batch: 3 });
      const all: number[] = [];
      for await (const { loss } of train(method, files, { transform: views, seed, cacheFeatures: 2, features }))
        all.push(loss);
      return all;
    };
    const first = await run(1);
    expect(await readdir(features.folder)).toHaveLength(2);
    expect(calls.vision).toBe(2);
    expect(await run(1)).toEqual(first);
    expect(calls.vision).toBe(2);
    await run(2);
    expect(await readdir(features.folder)).toHaveLength(4);
    expect(calls.vision).toBe(4);
  });
});

describe('the views of a training', () => {
  const setting = { preparation: { size: 8 }, seed: 1, epochs: 9, keepPixels: true };
  const seen = (options: Parameters<typeof transformsFor>[1]) =>
    transformsFor(paths, options, setting).train.map(({ fixed }) => fixed);

  it('are new ones in each epoch, one or several that are fixed', () => {
    expect(seen({})).toEqual([false]);
    expect(seen({ augment: false })).toEqual([true]);
    expect(seen({ cacheFeatures: 0 })).toEqual([true]);
    expect(seen({ cacheFeatures: 3 })).toEqual([true, true, true]);
    expect(seen({ augment: 'crop', cacheFeatures: 2 })).toEqual([true, true]);
    expect(seen({ augment: false, cacheFeatures: 3 })).toEqual([true]); // all would be the same
    expect(seen({ transform: imageViews(), cacheFeatures: 3 })).toEqual([true]);
  });

  it('are tested with the given test views, also next to a random source of pixels', () => {
    const [random, whole] = [imageViews({ fixed: false }), imageViews()];
    const test = (options: Parameters<typeof transformsFor>[1]) => transformsFor(paths, options, setting).test;
    expect(test({ transform: random, testTransform: whole })).toBe(whole);
    expect(test({ transform: random, testTransform: whole, cacheFeatures: 2 })).toBe(whole);
    expect(test({ transform: random })).toBe(random);
  });

  it('differ between images and between views, but not with the folder of the images', async () => {
    const views: Transform = { fixed: false, load: async (_, random) => Float32Array.of(random.next()) };
    const numbers = async (names: string[]) => {
      const drawn = drawnTransforms(views, names, { count: 2, seed: 1 });
      const all = drawn.flatMap(one => names.map(name => one.load(name, seededRandom(7))));
      return (await Promise.all(all)).map(([value]) => value);
    };
    const here = await numbers(['a/1', 'a/2']);
    expect(new Set(here).size).toBe(4);
    expect(await numbers(['b/1', 'b/2'])).toEqual(here);
  });

  it('throw one sentence if their number is invalid', async () => {
    const refusal = (options: TrainOptions) => expect(losses(coop(tinyClip(), names), options)).rejects;
    await refusal({ cacheFeatures: 1.5 }).toThrow(/coop: cacheFeatures is 1.5; it must be 0, .* or a whole number/);
    await refusal({ cacheFeatures: -1 }).toThrow(/cacheFeatures is -1/);
    await refusal({ cacheFeatures: 0, transform: flickering() }).toThrow(
      /the given transform is random; give a fixed one/,
    );
  });

  it('throw one sentence if they are crops and whole images at once', async () => {
    const both = losses(coop(tinyClip(), names), { augment: 'crop', augmentation: 'randaugment' });
    await expect(both).rejects.toThrow('coop: augment is "crop", but its views are RandAugment\'s, of whole images;');
    const none = losses(coop(tinyClip(), names), { augment: false, cacheFeatures: 2 });
    await expect(none).rejects.toThrow('coop: augment is false, but cacheFeatures asks for 2 augmented views;');
    const crop = losses(coop(tinyClip(), names), { augment: 'crop', cacheFeatures: 0 });
    await expect(crop).rejects.toThrow('coop: augment is "crop", but cacheFeatures is 0, for whole images;');
    const named = losses(resolveMethod('coop:cropScale=0.5')(tinyClip(), names), { augment: false });
    await expect(named).rejects.toThrow('cropScale=0.5 has no effect, since training sees whole images;');
  });

  it('of a data set with fixed views are augmented only on request', () => {
    const augmented = (options: TrainOptions, fixedViews = true) => withRecipeViews(options, {}, fixedViews).augment;
    expect([augmented({}), augmented({ cacheFeatures: 0 })]).toEqual([false, false]);
    expect([augmented({ cacheFeatures: 2 }), augmented({ augment: 'crop' })]).toEqual([true, 'crop']);
    expect([augmented({}, false), augmented({ augment: false, cacheFeatures: 2 })]).toEqual([true, false]);
  });
});

describe('random crops', () => {
  it('cover the whole image with a smallest area of 1, and are named by it otherwise', async () => {
    const [folder, random] = [await mkdtemp(join(tmpdir(), 'dgprompt-crops-')), seededRandom(3)];
    const file = join(folder, 'noise.png');
    const pixels = Uint8Array.from({ length: 20 * 20 * 3 }, () => random.integer(256));
    await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } })
      .png()
      .toFile(file);
    const whole = await evalTransform(8).load(file, random);
    expect(await trainTransform(8, { flip: false, cropScale: 1 }).load(file, random)).toEqual(whole);
    expect(await trainTransform(8, { flip: false }).load(file, random)).not.toEqual(whole);
    expect(transformName({ cropScale: 0.5 })).toBe('augmented from 0.5');
    expect(transformName({ cropScale: 0.5, augment: false })).toBe('still');
  });

  it('are of the kind that a recipe asks for', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-views-')), 'grey.png');
    await sharp({ create: { width: 20, height: 20, channels: 3, background: '#c0c0c0' } })
      .png()
      .toFile(file);
    const inverted = { next: () => 2.5 / 16 };
    const onceInverted = {
      next: (
        numbers => () =>
          numbers.shift() ?? 0
      )([2.5 / 16, 0, 0, 0, 10.5 / 16, 0, 0, 0]),
    };
    const views = trainTransform(8, { augmentation: 'randaugment' });
    const [whole] = await evalTransform(8).load(file, inverted);
    expect((await views.load(file, inverted))[0]).toBe(whole); // inverted twice
    expect((await views.load(file, onceInverted))[0]).toBeLessThan(0); // inverted and sharpened
    expect(transformName({ augmentation: 'randaugment' })).toBe('randaugment');
    expect(transformName({ augmentation: 'augmix', cropScale: 0.5, cacheFeatures: 2 })).toBe(
      'augmix augmented from 0.5, 2 of each image',
    );
    expect(transformName({ augmentation: 'randaugment', cacheFeatures: 0 })).toBe('still');
  });
});
