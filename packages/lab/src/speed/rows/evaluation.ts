import { loadClip } from '@dgprompt/clip';
import { seededRandom } from '@dgprompt/engine';
import { evaluate, type Method, resolveMethod } from '@dgprompt/methods';
import { inference, standardBatch } from '@dgprompt/methods/evaluation';
import type * as tf from '@tensorflow/tfjs-core';
import { classNames } from '../class-names.js';
import { itemsOf, photographs } from '../photographs.js';
import { tower } from './tower.js';

export interface EvaluationTiming {
  /** Images per second over the batches after the first ones, which build graphs and text features. */
  images: number;
  batch: number;
  /**
   * Images per second of the bare vision tower at the same batch size, measured right afterwards: machines change their
   * pace within minutes.
   */
  bare: number;
  /** Floating-point operations in matrix products per image. */
  operations: number;
}

/** The speed of testing a method on photographs: decoding, towers, logits. */
export async function evaluation(options: {
  model: string;
  method: string;
  images: number;
  photos: string;
}): Promise<EvaluationTiming> {
  const clip = await loadClip(options.model);
  const method = resolveMethod(options.method)(clip, classNames, { seed: 1 });
  const files = await photographs(options.photos);
  const batch = standardBatch(method);
  const count = batch * (1 + Math.ceil(options.images / batch));
  const items = itemsOf(files, count);
  const ends: number[] = [];
  await evaluate(method, items, { onProgress: ({ phase }) => phase === 'images' && ends.push(performance.now()) });
  const [first, last] = [ends[0]!, ends.at(-1)!];
  const images = ((count - batch) * 1000) / (last - first);
  const operations = await operationsOf(method, batch);
  const bare = await tower({ model: options.model, batch, repeats: 9 });
  return { images, batch, bare: bare.batch / bare.seconds, operations };
}

async function operationsOf(method: Method, batch: number): Promise<number> {
  const { imageSize } = method.clip;
  const ready = inference(method);
  const images = seededRandom(1).normal([batch, 3, imageSize, imageSize], 1) as tf.Tensor4D;
  await ready.logits(images);
  const [graph] = ready.graphs;
  await ready.dispose();
  return graph!.operations / batch;
}
