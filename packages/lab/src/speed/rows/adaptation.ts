import { loadClip } from '@dgprompt/clip';
import { evaluate, resolveMethod } from '@dgprompt/methods';
import { classNames } from '../class-names.js';
import { median } from '../median.js';
import { itemsOf, photographs } from '../photographs.js';

export interface AdaptationTiming {
  /** Median time of one image, from its file to its logits. */
  seconds: number;
  /** The image and its augmented views. */
  views: number;
}

/** Measures testing with a method that adapts to each image. */
export async function adaptation(options: {
  model: string;
  method: string;
  repeats: number;
  photos: string;
}): Promise<AdaptationTiming> {
  const method = resolveMethod(options.method)(await loadClip(options.model), classNames, { seed: 1 });
  const items = itemsOf(await photographs(options.photos), options.repeats + 1);
  const ends: number[] = [];
  await evaluate(method, items, { onProgress: ({ phase }) => phase === 'images' && ends.push(performance.now()) });
  const seconds = ends.slice(1).map((end, i) => (end - ends[i]!) / 1000); // the first image builds the graph
  return { seconds: median(seconds), views: 1 + method.learner.adapt!.views };
}
