import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { names, tinyClip, values } from '../testing/tiny.js';
import { lossTerms } from '../training/loss.js';
import { loadMethod } from '../zoo/load.js';
import { importPublished } from './import.js';

/** Written by PyTorch in the form of the published code's checkpoints, for the tiny CLIP of the tests. */
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
  clip.tokenizer.encode('a photo of a cat . big dog owl'); // words get ids in order of appearance
});

const maple = () => importPublished(fixture('maple.pth.tar-5'), 'maple', clip, names);

describe('importPublished', () => {
  it('reads MaPLe: tokens and depth from the shapes, the words from the method', async () => {
    const method = await maple();
    expect(method.options).toEqual({ tokens: 2, depth: 3, init: 'a photo of a' });
    expect(method.classNames).toEqual(names);
    const own = values(method);
    expect(Object.keys(own)).toEqual([
      ...['text.0', 'text.1', 'text.2'],
      ...[0, 1, 2].flatMap(l => [`visual.${l}.weight`, `visual.${l}.bias`]),
    ]);
    expect(own['text.0']).toHaveLength(2 * 8);
    expect(own['visual.1.weight']).toHaveLength(8 * 12);
  });

  it('gives a method that is saved, loaded and used like any other', async () => {
    const method = await maple();
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-import-'));
    await method.save(folder);
    const again = await loadMethod(folder, clip);
    expect(values(again)).toEqual(values(method));
    const batch = {
      images: tf.ones([1, 3, 8, 8]) as tf.Tensor4D,
      labels: tf.tensor1d([0], 'int32'),
      rows: tf.ones([1]),
    };
    expect(lossTerms(again.forClasses(['owl', 'cat']), batch as never, {}).logits.shape).toEqual([1, 2]);
  });

  it('reads class-specific CoOp in 16 bits, with the prompt learner alone', async () => {
    const method = await importPublished(fixture('coop-csc.pth.tar-200'), 'coop', clip, names, { position: 'middle' });
    expect(method.options).toMatchObject({ tokens: 4, csc: true, position: 'middle' });
    expect(values(method).context).toHaveLength(3 * 4 * 8);
    expect(new Set(values(method).context).size).toBeGreaterThan(90);
  });

  it.each([
    [
      'another method',
      ['maple.pth.tar-5', 'coop', names],
      /has "prompt_learner\.proj\.weight", which coop does not learn.*of maple/,
    ],
    ['a method without published code', ['maple.pth.tar-5', 'dgprompt', names], /of "dgprompt" cannot be imported/],
    ['prompts that are not there', ['coop-csc.pth.tar-200', 'vpt', names], /has "ctx", which vpt does not learn/],
    [
      'other numbers of classes',
      ['maple.pth.tar-5', 'maple', ['cat', 'owl']],
      /trained on 3 classes, and 2 were given/,
    ],
    [
      'other classes',
      ['maple.pth.tar-5', 'maple', ['cat', 'owl', 'big dog']],
      /its class 1 is not "owl" after "a photo of a"/,
    ],
    ['no file', ['absent.pth.tar-1', 'maple', names], /absent\.pth\.tar-1/],
  ] as [string, [string, string, string[]], RegExp][])(
    'throws one sentence for %s',
    async (_, [file, id, classes], sentence) => {
      const before = tf.memory().numTensors;
      await expect(importPublished(fixture(file), id, clip, classes)).rejects.toThrow(sentence);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('rejects another CLIP, by the start token or by the frozen weights', async () => {
    const other = tinyClip(2);
    other.tokenizer.encode('a photo of a cat . big dog owl');
    await expect(importPublished(fixture('maple.pth.tar-5'), 'maple', other, names)).rejects.toThrow(
      /trained on another CLIP than this one: its "text_encoder\.positional_embedding" is another/,
    );
    await expect(importPublished(fixture('coop-csc.pth.tar-200'), 'coop', other, names)).rejects.toThrow(
      /another CLIP than this one: its start token is another/,
    );
  });
});
