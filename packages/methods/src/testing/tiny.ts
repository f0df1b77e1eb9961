import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Clip, type ClipConfig, type ClipTokenizer, createClip } from '@dgprompt/clip';
import { initClipWeights } from '@dgprompt/clip/weights';
import type { Item } from '@dgprompt/datasets';
import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { Method } from '../learner/types.js';
import { namedVariables } from '../method/variables.js';
import type { Transform } from '../transforms/transform.js';

export const golden = fileURLToPath(new URL('../../../../../shared/golden/', import.meta.url));
export const hasGolden = existsSync(golden);

/** Towers of different depths, with room for 77 tokens. */
const narrow = {
  embedDim: 8,
  activation: 'quick_gelu' as const,
  vision: { imageSize: 8, patchSize: 4, width: 12, layers: 3, heads: 2 },
  text: { contextLength: 77, vocabSize: 40, width: 8, layers: 4, heads: 2 },
};

/** One token per word or symbol; words get their ids in order of appearance. */
function wordTokenizer(vocabSize: number): ClipTokenizer {
  const ids = new Map<string, number>();
  const id = (word: string) => {
    if (!ids.has(word)) ids.set(word, ids.size + 1);
    return ids.get(word)!;
  };
  const encode = (text: string) => (text.toLowerCase().match(/[a-z]+|[^\sa-z]/g) ?? []).map(id);
  return { start: vocabSize - 2, end: vocabSize - 1, encode };
}

/**
 * A small CLIP with random weights, larger than at the start of training, so that every layer matters.
 * @param times how much wider than usual
 */
export function tinyClip(seed = 1, times = 1): Clip {
  const { vision, text } = narrow;
  return clipOf(
    {
      ...narrow,
      vision: { ...vision, width: vision.width * times },
      text: { ...text, width: text.width * times },
    },
    seed,
  );
}

/** The same for any shape. @param start whether texts have a start token */
export function clipOf(config: ClipConfig, seed = 1, { start = true } = {}): Clip {
  const random = seededRandom(seed);
  const normal = (shape: number[]) =>
    tf.tidy(() => tf.add(random.normal(shape as [number], 0.3), shape.length === 1 ? 0.1 : 0));
  const weights = initClipWeights(config, { normal, uniform: normal });
  const { start: first, ...words } = wordTokenizer(config.text.vocabSize);
  return createClip({ config, weights, tokenizer: start ? { ...words, start: first } : words, id: `tiny-${seed}` });
}

export const names = ['cat', 'big dog', 'owl'];

/** `each` items of every class, by names that `imageViews` knows. */
export function items(each: number, classNames: readonly string[] = names): Item[] {
  return classNames.flatMap((classname, label) =>
    Array.from({ length: each }, (_, i) => ({ path: `${label}-${i}`, label, classname })),
  );
}

/** Images made from their names, noise around a pattern of their class; `loads` counts them. */
export function imageViews({ fixed = true } = {}): Transform & { loads: number } {
  const noise = (seed: number) => seededRandom(seed).normal([3 * 8 * 8], 1);
  return {
    fixed,
    loads: 0,
    async load(path) {
      this.loads++;
      const [label, i] = path.split('-').map(Number) as [number, number];
      return tf.tidy(() => tf.add(noise(label), tf.mul(noise(1000 + 100 * label + i), 0.5)).dataSync<'float32'>());
    },
  };
}

/** A method's learned parameters by name. */
export function values(method: Method): Record<string, number[]> {
  return Object.fromEntries([...namedVariables(method.learner)].map(([name, v]) => [name, [...v.dataSync()]]));
}

/** The largest difference between two lists of numbers of the same length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values are compared with ${b.length}.`);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}
