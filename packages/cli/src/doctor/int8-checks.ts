import { brokenImages, leaveOut } from '@dgprompt/bench/data';
import type { Dataset } from '@dgprompt/datasets';
import type { Compute } from '@dgprompt/engine';
import { loadTask } from '@dgprompt/pictograms';
import { ownImages } from '../own-images/own-images.js';
import { loadModel } from '../terminal/load-model.js';
import type { DoctorCheck } from './checks.js';
import { enough } from './int8-closeness.js';
import { type Int8Effect, int8Effect } from './int8-effect.js';

export interface Int8Options extends Compute {
  model?: string;
  modelConfig?: string;
}

/** Measures what int8 changes on a CLIP, on the user's images or on pictograms, and whether that is acceptable. */
export async function int8Checks(
  { model, modelConfig, ...compute }: Int8Options,
  folder: string | undefined,
): Promise<{ effect: Int8Effect; checks: DoctorCheck[] }> {
  const dataset = folder === undefined ? await loadTask('weather') : await labelled(folder);
  const clip = await loadModel(model, modelConfig);
  try {
    const effect = await int8Effect(clip, dataset, compute);
    return { effect, checks: checksOf(effect) };
  } finally {
    clip.dispose();
  }
}

async function labelled(folder: string): Promise<Dataset> {
  const all = await ownImages(folder, { template: 'a photo of a {}.', testOnly: true });
  const dataset = leaveOut(all, await brokenImages(all.test));
  if (dataset.test.length === 0) throw new Error(`No image in ${folder} can be tested; name a folder per class.`);
  return dataset;
}

function checksOf({
  features,
  texts,
  gradients,
  method,
  images,
  changed,
  top1,
  faster,
  products,
}: Int8Effect): DoctorCheck[] {
  if (products === 0)
    return [
      {
        name: 'int8',
        ok: false,
        says: 'this CLIP has no matrix that is large enough for int8, so all of it is computed in float32; leave --precision out',
      },
    ];
  const least = `least ${features.least.toFixed(4)} of ${images} images`;
  const accuracy = `top-1 ${top1.fp32.toFixed(1)} % in float32, ${top1.int8.toFixed(1)} % in int8`;
  return [
    {
      name: 'int8, features',
      ok: Math.min(features.mean, texts) >= enough.features,
      says: `cosine with float32's ${features.mean.toFixed(4)} (${least}), of texts ${texts.toFixed(4)}; ${enough.features} is enough`,
    },
    {
      name: `int8, gradients of ${method}'s prompts`,
      ok: gradients >= enough.gradients,
      says: `cosine with float32's ${gradients.toFixed(4)}; ${enough.gradients} is enough`,
    },
    { name: 'int8, predictions', ok: true, says: `${changed} of ${images} change; ${accuracy}` },
    { name: 'int8, speed', ok: true, says: `the vision tower is ${faster.toFixed(1)} times as fast as in float32` },
  ];
}
