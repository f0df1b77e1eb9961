import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { openSafetensors, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { namedVariables } from '../method/variables.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { coop } from '../zoo/coop.js';
import { loadMethod } from '../zoo/load.js';
import { maple } from '../zoo/maple.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { chanceWarning } from './chance.js';
import { evaluate } from './evaluate.js';
import { examine } from './examine.js';

let clip: ReturnType<typeof tinyClip>;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

const filled = (value: number) => {
  const method = coop(clip, names);
  for (const variable of namedVariables(method.learner).values()) variable.assign(tf.fill(variable.shape, value));
  return method;
};

it('evaluate, examine and predict throw for logits that are not finite', async () => {
  const method = filled(Number.NaN);
  const views = { transform: imageViews() };
  await expect(evaluate(method, items(1), views)).rejects.toThrow(/^coop: the logits of .* are NaN/);
  await expect(examine(method, items(1), views)).rejects.toThrow('are NaN');
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-nan-'));
  await colourFolder(folder, colours, 1);
  const image = join(folder, names[0]!, '0.png');
  await expect(method.predict([image])).rejects.toThrow(`coop: the logits of ${image} are NaN`);
});

it('an update that overflows ends training, even the last one', async () => {
  const run = async (epochs: number) => {
    const method = maple(clip, names, { epochs, batch: 3, lr: 1e38 });
    method.learner.loss = ({ crossEntropy }) => tf.mul(crossEntropy, 1e6);
    const schedule = { name: 'constant' } as const;
    for await (const _ of train(method, items(1), { transform: imageViews(), schedule }));
  };
  await expect(run(1)).rejects.toThrow(/^maple: "(text|visual).*" became (NaN|-?Infinity) in epoch 1, step 1/);
});

it('saved prompts that are NaN throw, naming file and tensor', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-nan-'));
  await coop(clip, names).save(folder);
  const path = join(folder, 'prompts.safetensors');
  const file = openSafetensors(path);
  const { shape } = file.tensors.get('context')!;
  file.close();
  await writeSafetensors(
    path,
    new Map([['context', { shape, data: new Float32Array(shape[0]! * shape[1]!).fill(Number.NaN) }]]),
  );
  await expect(loadMethod(folder, clip)).rejects.toThrow(`${path}: "context" has the value NaN`);
  await writeFile(path, '');
});

it('pixels that are NaN throw, naming the image', async () => {
  const broken = { fixed: true, load: async () => new Float32Array(3 * clip.imageSize ** 2).fill(Number.NaN) };
  const given = items(1);
  await expect(evaluate(zeroshot(clip, names), given, { transform: broken })).rejects.toThrow(
    `${given[0]!.path}: its image features are NaN`,
  );
});

it('hand-written prompts that are no better than guessing give a warning', () => {
  expect(chanceWarning('pets', { top1: 25, total: 40 }, 4)).toMatch(
    /^pets: .* 25.0 % of 40 images, no better than guessing/,
  );
  expect(chanceWarning('pets', { top1: 26, total: 40 }, 4)).toBeUndefined();
  expect(chanceWarning('pets', { top1: 0, total: 3 }, 4)).toBeUndefined();
});
