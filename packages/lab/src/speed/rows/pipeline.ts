import { loadClip } from '@dgprompt/clip';
import { seededRandom } from '@dgprompt/engine';
import { type Preparation, trainPixels } from '@dgprompt/images';
import { randomStream } from '@dgprompt/io';
import { resolveMethod } from '@dgprompt/methods';
import { trainingData, trainingStep } from '@dgprompt/methods/training';
import { trainTransform } from '@dgprompt/methods/transforms';
import { classNames } from '../class-names.js';
import { itemsOf, photographs } from '../photographs.js';

export interface PipelineTiming {
  /** Images decoded and augmented per second and core. */
  images: number;
  /** Share of an epoch that training steps spend waiting for images, from 0 to 1, excluding the first batch. */
  waiting: number;
  /** Seconds per step, including waiting. */
  seconds: number;
}

/** The speed of turning photographs into augmented pixels, and whether training steps wait for them. */
export async function pipeline(options: {
  model: string;
  method: string;
  batch: number;
  steps: number;
  photos: string;
}): Promise<PipelineTiming> {
  const files = await photographs(options.photos);
  const clip = await loadClip(options.model);
  return { images: await perCore(files, clip.preparation), ...(await waitingShare(clip, files, options)) };
}

async function perCore(files: readonly string[], preparation: Preparation): Promise<number> {
  const random = seededRandom(1);
  const round = () => Promise.all(files.map(file => trainPixels(file, preparation, random)));
  for (let i = 0; i < 3; i++) await round(); // starts the worker threads
  const before = process.cpuUsage();
  const rounds = 8;
  for (let i = 0; i < rounds; i++) await round();
  const { user, system } = process.cpuUsage(before);
  return (rounds * files.length * 1e6) / (user + system);
}

async function waitingShare(
  clip: Awaited<ReturnType<typeof loadClip>>,
  files: readonly string[],
  { method: name, batch, steps }: { method: string; batch: number; steps: number },
): Promise<Pick<PipelineTiming, 'waiting' | 'seconds'>> {
  const method = resolveMethod(name)(clip, classNames, { seed: 1 });
  const items = itemsOf(files, (steps + 2) * batch);
  const { preparation } = clip;
  const data = await trainingData(method, items, { train: [trainTransform(preparation)], batch });
  const training = trainingStep(method, method.recipe);
  const order = Array.from({ length: steps + 2 }, (_, step) =>
    Array.from({ length: batch }, (_, i) => step * batch + i),
  );
  let [waited, all] = [0, 0];
  let asked = performance.now();
  let taken = 0;
  for await (const current of data.epoch(1, order, randomStream(1))) {
    const got = performance.now();
    await training.run(current, data.targets, method.recipe.lr / 100);
    if (taken++ > 1) {
      waited += got - asked;
      all += performance.now() - asked;
    }
    asked = performance.now();
  }
  return { waiting: waited / all, seconds: all / 1000 / steps };
}
