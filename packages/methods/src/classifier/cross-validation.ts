import type { Item } from '@dgprompt/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { inference } from '../evaluation/inference.js';
import { largest } from '../evaluation/probabilities.js';
import { frozenRows } from '../features/image.js';
import type { Method } from '../learner/types.js';
import { fitFeatures, fitText } from '../training/shots.js';
import type { Transform } from '../transforms/transform.js';

/** Parts of the training images, each of which is held out once. */
export interface Folds {
  /** 1 if no class has two images, so that nothing can be held out. */
  count: number;
  /** The part of each image; undefined for the only image of a class, which is never held out. */
  of: (number | undefined)[];
  /** Indices of all images that are held out once. */
  held: number[];
}

/** Maximum number of parts that training images are split into. */
const mostFolds = 5;

/** Splits each class evenly, dealing out its images in order. */
export function foldsOf(items: readonly Item[]): Folds {
  const counts = new Map<number, number>();
  for (const { label } of items) counts.set(label, (counts.get(label) ?? 0) + 1);
  const several = [...counts.values()].filter(count => count > 1);
  const count = several.length > 0 ? Math.min(mostFolds, ...several) : 1;
  const seen = new Map<number, number>();
  const of = items.map(({ label }) => {
    const turn = seen.get(label) ?? 0;
    seen.set(label, turn + 1);
    return counts.get(label)! > 1 ? turn % count : undefined;
  });
  return { count, of, held: [...of.keys()].filter(i => of[i] !== undefined) };
}

/**
 * Accuracy in percent on the parts of the training images, each classified by what the method learns from the others.
 *
 * @param method without visual prompts, trained by `fit` or not at all; keeps what the last fit learned
 */
export async function crossValidation(
  method: Method,
  items: readonly Item[],
  { count, of, held }: Folds,
  { transform, signal }: { transform: Transform; signal?: AbortSignal },
): Promise<number> {
  const paths = items.map(({ path }) => path);
  const rows = await frozenRows(method.clip, paths, { transform, signal });
  const text = await fitText(method, signal);
  const ready = inference(method);
  let correct = 0;
  try {
    for (let fold = 0; fold < count; fold++) {
      signal?.throwIfAborted();
      const kept = [...of.keys()].filter(i => of[i] !== fold);
      const out = held.filter(i => of[i] === fold);
      const features = rows.batch(kept, kept.length).image as tf.Tensor2D;
      const labels = Int32Array.from(kept, i => items[i]!.label);
      await fitFeatures(method, { features, labels, text, ...withoutPixels, signal });
      const batch = rows.batch(out, out.length);
      const logits = await ready.logits(batch); // [B, C] row-major
      const classes = method.classNames.length;
      out.forEach((i, row) => {
        if (largest(logits.subarray(row * classes, (row + 1) * classes)) === items[i]!.label) correct++;
      });
      tf.dispose([features, batch.image]);
    }
  } finally {
    await ready.dispose();
    text?.dispose();
  }
  return (100 * correct) / held.length;
}

const noPixels = () => Promise.reject(new Error('A fit in cross-validation sees features only, no pixels.'));
const withoutPixels = { meanOf: noPixels, rowsOf: noPixels };
