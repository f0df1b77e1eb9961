import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { evalPixels } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from './clip.js';
import { imageFeatures } from './image-features.js';
import { distance, tiny, tinyClip } from './testing/tiny.js';

const R = tiny.vision.imageSize;
const folder = mkdtempSync(join(tmpdir(), 'image-features-'));
let pictures: Buffer[];
let paths: string[];

beforeAll(async () => {
  const draw = (_: unknown, i: number) => {
    const background = { r: (i * 67) % 256, g: (i * 31) % 256, b: 90 };
    return sharp({ create: { width: 12, height: 9, channels: 3, background } })
      .png()
      .toBuffer();
  };
  pictures = await Promise.all(Array.from({ length: 35 }, draw));
  paths = pictures.map((bytes, i) => {
    const path = join(folder, `${i}.png`);
    writeFileSync(path, bytes);
    return path;
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['cpu', 'onnxruntime'] as const)('on the backend %s', backend => {
  let clip: Clip;
  beforeAll(async () => {
    await useDevice({ backend });
    clip = tinyClip();
    return () => clip.dispose();
  });

  test('paths, bytes, iterables and async iterables give the features of the vision tower, in order', async () => {
    const pixels = await Promise.all(pictures.map(picture => evalPixels(picture, R)));
    const one = (i: number) => clip.vision(tf.tensor4d(pixels[i]!, [1, 3, R, R]));
    async function* later() {
      for (const path of paths) yield path;
    }
    const forms = [paths, pictures, new Set(paths), later()];
    for (const form of forms) {
      const features = await imageFeatures(clip, form);
      expect(features.shape).toEqual([35, tiny.embedDim]);
      for (const i of [0, 31, 32, 34]) expect(distance(tf.slice(features, [i, 0], [1, -1]), one(i))).toBeLessThan(1e-5);
    }
    for (const form of [paths[7]!, pictures[7]!])
      expect(distance(await imageFeatures(clip, form), one(7))).toBeLessThan(1e-5);
    expect((await imageFeatures(clip, [])).shape).toEqual([0, tiny.embedDim]);
  });

  test('reports progress, stops between batches and leaves no tensors', async () => {
    const told: unknown[] = [];
    (await imageFeatures(clip, paths, { onProgress: progress => told.push(progress) })).dispose();
    expect(told).toEqual([
      { done: 32, total: 35 },
      { done: 35, total: 35 },
    ]);
    told.length = 0;
    (await imageFeatures(clip, new Set(paths), { onProgress: progress => told.push(progress) })).dispose();
    expect(told).toEqual([{ done: 32 }, { done: 35 }]);
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const stopped = imageFeatures(clip, paths, { signal: stop.signal, onProgress: () => stop.abort('enough') });
    await expect(stopped).rejects.toBe('enough');
    await expect(imageFeatures(clip, [...paths, 'nowhere.png'])).rejects.toThrow('nowhere.png');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an image that cannot be used is named', () => {
  let clip: Clip;
  beforeAll(async () => {
    await useDevice({ backend: 'cpu' });
    clip = tinyClip();
  });

  test('by its path, or by its position among bytes', async () => {
    await expect(imageFeatures(clip, [paths[0]!, 'nowhere.png', 'neither.png'])).rejects.toThrow(
      'nowhere.png cannot be read as an image: there is no such file.',
    );
    const broken = pictures[0]!.subarray(0, 40);
    await expect(imageFeatures(clip, [pictures[0]!, broken])).rejects.toThrow(
      /^Image 2 \(40 bytes\) cannot be read as an image/,
    );
  });

  test('if features are not finite, also by the zero-shot classifier', async () => {
    const faulty: Clip = {
      ...clip,
      vision: (images: tf.Tensor) => {
        const features = clip.vision(images);
        const rows = Array.from({ length: images.shape[0]! }, (_, i) => [i === 1 ? Number.NaN : 0]);
        return tf.add(features, tf.tensor2d(rows)) as tf.Tensor2D;
      },
    };
    const message = `${paths[1]} gives features that are not finite numbers`;
    await expect(imageFeatures(faulty, paths)).rejects.toThrow(message);
    await expect(imageFeatures(faulty, pictures)).rejects.toThrow('Image 2 (');
    const classify = await faulty.zeroShot(['cat', 'dog']);
    expect(await classify(paths.slice(0, 2))).toHaveLength(2); // of the CLIP that made it
    const { zeroShot } = await import('./zero-shot.js');
    const own = await zeroShot(faulty, ['cat', 'dog']);
    await expect(own(paths.slice(0, 2))).rejects.toThrow(message);
  });
});
