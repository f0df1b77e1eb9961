import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { frozenImage } from '../features/image.js';
import { distance, imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { pixelBatch } from '../transforms/transform.js';
import { coop } from '../zoo/coop.js';
import { kgcoop } from '../zoo/kgcoop.js';
import { prograd } from '../zoo/prograd.js';
import { classTargets } from './data.js';
import { inParts } from './in-parts.js';
import type { Batch } from './loss.js';
import { trainingStep } from './step.js';

/** More images than go through a tower at a time, and not a multiple of that. */
const B = 45;

beforeAll(() => useDevice());

async function batch(): Promise<Batch & { images: tf.Tensor4D }> {
  const some = items(B / names.length);
  const images = await pixelBatch(
    imageViews(),
    some.map(({ path }) => path),
    B,
    { preparation: { size: 8 }, random: randomStream(0) },
  );
  return {
    images,
    labels: tf.tensor1d(
      some.map(({ label }) => label),
      'int32',
    ),
    mask: tf.ones([B]),
  };
}

test('features of parts equal those of the whole batch, including states', async () => {
  const clip = tinyClip();
  const given = await batch();
  for (const states of [false, true]) {
    const tower = inParts({ clip, learner: { frozen: { templates: [], states } } as never });
    const features = (await tower.features(given))!;
    const whole = frozenImage(clip, given.images, states);
    expect(distance(features.image.dataSync(), whole.image.dataSync())).toBeLessThan(1e-6);
    expect(features.states?.length).toBe(whole.states?.length);
    features.states?.forEach((state, i) => {
      expect(distance(state.dataSync(), whole.states![i]!.dataSync())).toBeLessThan(1e-5);
    });
    expect(tower.operations).toBeGreaterThan(0);
    await tower.dispose();
  }
});

test('a batch that fits, or whose features are known, is left to the step', async () => {
  const tower = inParts({ clip: tinyClip(), learner: {} as never });
  const given = await batch();
  const few = tf.slice(given.images, [0, 0, 0, 0], [4, -1, -1, -1]);
  expect(await tower.features({ ...given, images: few })).toBeUndefined();
  expect(await tower.features({ ...given, frozen: { image: tf.zeros([B, 8]) } })).toBeUndefined();
  expect(tower.operations).toBe(0);
});

test.each([coop, kgcoop, prograd])('steps equal those of one graph for the whole batch', async method => {
  const clip = tinyClip();
  const given = await batch();
  const make = () => method(clip, names, { seed: 1 });
  const [parted, whole] = [make(), make()];
  const targets = await classTargets(parted);
  const frozen = tf.tidy(() => frozenImage(clip, given.images));
  const steps = [trainingStep(parted), trainingStep(whole)];
  for (let i = 0; i < 3; i++) {
    const loss = await steps[0]!.run(given, targets, 0.01);
    expect(loss).toBeCloseTo(await steps[1]!.run({ ...given, images: undefined, frozen }, targets, 0.01), 4);
  }
  const variable = ({ learner }: typeof parted) => Object.values(learner.variables)[0] as tf.Variable;
  expect(distance(variable(parted).dataSync(), variable(whole).dataSync())).toBeLessThan(1e-5);
  expect(steps[0]!.operations).toBeGreaterThan(steps[1]!.operations);
  await Promise.all(steps.map(step => step.dispose()));
  tf.dispose(given);
});
