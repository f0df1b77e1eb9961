import { type Clip, imageFeatures } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { type Compute, compile, useDevice } from '@dgprompt/engine';
import { zeroshot } from '@dgprompt/methods';
import { classTargets } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';
import { cosine, cosines, mean, most, promptMethod, rows, stepOf } from './int8-closeness.js';

/** The effect of int8 on a CLIP, relative to float32 on the same machine; cosines compare the same vectors in both. */
export interface Int8Effect {
  images: number;
  /** Of image features: mean and minimum. */
  features: { mean: number; least: number };
  /** Of class-name features: mean. */
  texts: number;
  /** Of the gradients of all prompts, concatenated. */
  gradients: number;
  /** The method with these prompts. */
  method: string;
  /** Number of zero-shot predictions that change. */
  changed: number;
  top1: { fp32: number; int8: number };
  /** Speed-up of the vision tower. */
  faster: number;
  /** Matrix products of the vision tower in int8; 0 if its matrices are small. */
  products: number;
}

/** Most images to compare. */
const mostImages = 256;

/** Compares int8 with float32 on a CLIP and labelled images. */
export async function int8Effect(clip: Clip, dataset: Dataset, compute: Compute): Promise<Int8Effect> {
  const { test, classNames } = dataset;
  const step = Math.max(1, test.length / mostImages);
  const items = Array.from({ length: Math.min(test.length, mostImages) }, (_, i) => test[Math.floor(i * step)]!);
  const classes = zeroshot(clip, classNames, { dataset: dataset.name, templates: dataset.templates });
  const few = classNames.slice(0, most.classes);
  const method = promptMethod(clip, few);
  const batch = items.filter(({ label }) => label < few.length).slice(0, most.batch);
  const [whole, narrow] = [await seenIn('fp32'), await seenIn('int8')];
  const labels = items.map(({ label }) => label);
  const [guesses, others] = [guessed(whole), guessed(narrow)];
  const images = cosines(whole.images, narrow.images);
  return {
    images: items.length,
    features: { mean: mean(images), least: Math.min(...images) },
    texts: mean(cosines(whole.texts, narrow.texts)),
    gradients: cosine(whole.gradients, narrow.gradients),
    method: method.name,
    changed: guesses.filter((guess, i) => guess !== others[i]).length,
    top1: { fp32: share(guesses, labels), int8: share(others, labels) },
    ...(await speedUp(clip, compute)),
  };

  async function seenIn(precision: 'fp32' | 'int8'): Promise<Seen> {
    await useDevice({ ...compute, precision });
    const paths = items.map(({ path }) => path);
    const images = await rows(await imageFeatures(clip, paths));
    const texts = await rows((await classTargets(classes)).text!);
    return { images, texts, gradients: (await stepOf(method, batch)).gradients };
  }
}

interface Seen {
  images: Float32Array[];
  texts: Float32Array[];
  gradients: Float32Array;
}

/** Median times of the vision tower in both precisions, measured alternately. */
async function speedUp(clip: Clip, compute: Compute): Promise<Pick<Int8Effect, 'faster' | 'products'>> {
  const forward = compile((images: tf.Tensor) => clip.vision(images));
  const images = tf.randomNormal([most.batch, 3, clip.imageSize, clip.imageSize], 0, 1, 'float32', 1);
  const times = { fp32: [] as number[], int8: [] as number[] };
  for (let i = 0; i < 6; i++)
    for (const precision of ['fp32', 'int8'] as const) {
      await useDevice({ ...compute, precision });
      const started = performance.now();
      tf.dispose(await forward(images));
      if (i > 0) times[precision].push(performance.now() - started);
    }
  const products = Math.max(...forward.graphs.map(({ int8 }) => int8));
  await forward.dispose();
  const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
  return { faster: median(times.fp32) / median(times.int8), products };
}

const guessed = ({ images, texts }: Seen): number[] =>
  images.map(image => {
    const scores = texts.map(text => cosine(image, text));
    return scores.indexOf(Math.max(...scores));
  });

const share = (guesses: readonly number[], labels: readonly number[]): number =>
  (100 * guesses.filter((guess, i) => guess === labels[i]).length) / labels.length;
