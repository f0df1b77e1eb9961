import { normalised } from '@dgprompt/clip';
import { compile } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { slices } from '../../features/slices.js';
import { features, givenFrozenText, handWrittenText, logitsOf } from '../../learner/forward.js';
import type { FeaturePair, Method } from '../../learner/types.js';
import { pixelBatch } from '../../transforms/transform.js';
import { type Control, type ControlTest, withChange } from './control.js';

/** Controls of a method whose text features are per image; each image keeps its own image features. */
export const imageControls = (method: Method): Control[] => [anotherImage(method), meanOfImages(method)];

/**
 * Compares each image with the text features of an image of another class. A batch holds some images and then, in the
 * same order, the images whose text they get.
 */
const anotherImage = (method: Method): Control => ({
  title: 'guidance of another image',
  async open({ items, batch }) {
    if (items.length === 1)
      throw new Error(`${method.name}: one image has no other to exchange its guidance with; give two or more.`);
    const half = Math.min(items.length, Math.max(1, Math.floor(batch / 2)));
    const others = partners(items.map(({ label }) => label));
    const batches = [...slices([...others.keys()], half)].map(([, own]) => {
      const filled = Array.from({ length: half }, (_, i) => own[i % own.length]!);
      return [...filled, ...filled.map(i => others[i]!)];
    });
    const roll = (x: tf.Tensor, axis = 0) => {
      const [first, second] = tf.split(x, 2, axis);
      return tf.concat([second!, first!], axis);
    };
    const logits = (both: FeaturePair) => logitsOf(method, mapText(both, { text: roll, perClass: x => roll(x, 1) }));
    return { method: withChange(method, { logits }), batches, dispose() {} };
  },
});

/** Compares each image with the mean of all images' text features. */
const meanOfImages = (method: Method): Control => ({
  title: 'mean guidance of all images',
  async open(test) {
    const mean = await meanText(method, test);
    const spread = (of: tf.Tensor) => (x: tf.Tensor) => tf.add(tf.zerosLike(x), of);
    const logits = (both: FeaturePair) =>
      logitsOf(
        method,
        mapText(both, {
          text: spread(tf.expandDims(mean.text, 0)), // [1, C, e]
          perClass: (x, key) => spread(tf.expandDims(mean.perClass[key]!, 1))(x), // [C, 1, e]
        }),
      );
    return {
      method: withChange(method, { logits }),
      dispose: () => tf.dispose([mean.text, ...Object.values(mean.perClass)]),
    };
  },
});

/**
 * A permutation that gives each image another one, of another class unless one class has more than half of the images.
 */
export function partners(labels: readonly number[]): number[] {
  const sorted = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]! || a - b);
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const far = Math.max(...counts.values());
  const others = new Array<number>(labels.length);
  sorted.forEach((i, place) => {
    others[i] = sorted[(place + far) % sorted.length]!;
  });
  return others;
}

interface TextChange {
  /** [B, C, e] */
  text(x: tf.Tensor): tf.Tensor;
  /** [C, B, e] */
  perClass(x: tf.Tensor, key: string): tf.Tensor;
}

/** Changes everything that is per image on the text side. */
function mapText({ perClass, ...both }: FeaturePair, change: TextChange): FeaturePair {
  const { text } = both;
  if (text.rank !== 3) return { ...both, perClass };
  const entries = Object.entries(perClass ?? {}).map(([key, x]) => [key, isPerImage(x) ? change.perClass(x, key) : x]);
  return { ...both, text: change.text(text), ...(perClass && { perClass: Object.fromEntries(entries) }) };
}

const isPerImage = (x: tf.Tensor): boolean => x.rank === 3;

/** The unit means over all images of text features, [C, e], and of everything else that is per image and class. */
async function meanText(
  method: Method,
  { items, transform, batch, signal }: ControlTest,
): Promise<{ text: tf.Tensor; perClass: Record<string, tf.Tensor> }> {
  const frozen = givenFrozenText(method) ? await handWrittenText(method) : undefined;
  const { preparation } = method.clip;
  const sums = compile(
    (images: tf.Tensor4D, mask: tf.Tensor1D) => {
      const { text, perClass = {} } = features(method, { images }, { frozen });
      const sum = (x: tf.Tensor) => tf.sum(tf.mul(x, tf.reshape(mask, [-1, 1, 1])), 0); // of [B, C, e]
      const others = Object.entries(perClass).filter(([, x]) => isPerImage(x));
      const all: Record<string, tf.Tensor> = { [textKey]: text.rank === 3 ? sum(text) : tf.mul(text, tf.sum(mask)) };
      for (const [key, x] of others) all[key] = sum(tf.transpose(x, [1, 0, 2]));
      return all;
    },
    { cacheSize: 1 },
  );
  const size = Math.min(batch, items.length);
  const total: Record<string, tf.Tensor> = {};
  try {
    const paths = items.map(({ path }) => path);
    for (const [, own] of slices(paths, size)) {
      const images = await pixelBatch(transform, own, size, { preparation, random: randomStream(0), signal });
      const mask = tf.tensor1d(Array.from({ length: size }, (_, i) => (i < own.length ? 1 : 0)));
      for (const [key, sum] of Object.entries(await sums(images, mask))) {
        const before = total[key];
        total[key] = before ? tf.tidy(() => tf.add(before, sum)) : sum;
        if (before) tf.dispose([before, sum]);
      }
      tf.dispose([images, mask]);
    }
  } finally {
    await sums.dispose();
    frozen?.dispose();
  }
  const means = Object.entries(total).map(([key, sum]) => {
    const mean = tf.tidy(() => normalised(sum));
    sum.dispose();
    return [key, mean] as const;
  });
  const { [textKey]: text, ...perClass } = Object.fromEntries(means);
  return { text: text!, perClass };
}

/** A key that no entry of `perClass` has. */
const textKey = 'text of the pair';
