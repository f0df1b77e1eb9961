import type { Clip } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { type Compute, useDevice } from '@dgprompt/engine';
import pc from 'picocolors';
import type { Reporter } from '../terminal/reporter.js';
import { cosine, cosines, enough, mean, most, promptMethod, stepOf } from './int8-closeness.js';

/**
 * Prints a warning if a command computes in int8 and that changes this CLIP too much. Called once per command.
 *
 * @param load returns the images to try; a few are enough
 */
export async function sayInt8Warning(
  { clip, compute, report }: { clip: Clip; compute: Compute; report: Reporter },
  load: () => Promise<Dataset>,
): Promise<void> {
  if (compute.precision !== 'int8') return;
  const warning = await int8Warning(clip, await load(), compute);
  if (warning !== undefined) report.line(`  ${pc.yellow('!')} ${warning}`);
}

/**
 * Compares a step in int8 with the same step in float32: the features of a few images, and the gradients of prompts.
 * Leaves the precision at int8.
 *
 * @returns one sentence if int8 changes them too much or has no effect; undefined if int8 suits this CLIP
 */
export async function int8Warning(clip: Clip, dataset: Dataset, compute: Compute): Promise<string | undefined> {
  const items = someOf(dataset);
  if (items.length === 0) return undefined;
  const method = promptMethod(clip, dataset.classNames.slice(0, most.classes));
  const stepIn = async (precision: 'fp32' | 'int8') => {
    await useDevice({ ...compute, precision });
    return stepOf(method, items);
  };
  try {
    const [whole, narrow] = [await stepIn('fp32'), await stepIn('int8')];
    if (narrow.products === 0)
      return 'This CLIP has no matrix that is large enough for int8, so all of it is computed in float32.';
    return tooFar({
      features: mean(cosines(whole.features, narrow.features)),
      gradients: cosine(whole.gradients, narrow.gradients),
    });
  } catch {
    return undefined; // an unreadable image or weight: the runs report or skip it
  } finally {
    await useDevice({ ...compute, precision: 'int8' });
  }
}

function tooFar({ features, gradients }: { features: number; gradients: number }): string | undefined {
  const found = { 'image features': features, 'prompt gradients': gradients };
  const least = { 'image features': enough.features, 'prompt gradients': enough.gradients };
  const low = (['image features', 'prompt gradients'] as const)
    .filter(what => !(found[what] >= least[what]))
    .map(what => `of ${what} ${shown(found[what])}, not at least ${least[what]}`);
  if (low.length === 0) return undefined;
  return `int8 changes this CLIP too much (cosine with float32's ${low.join('; ')}); leave out --precision int8, or measure it with dgprompt doctor --precision int8.`;
}

const shown = (cosine: number): string => (Number.isFinite(cosine) ? cosine.toFixed(3) : 'not a number');

/** A few images, spread over the first classes. */
function someOf({ train, test }: Dataset): Dataset['test'] {
  const all = (train.length > 0 ? train : test).filter(({ label }) => label < most.classes);
  const step = Math.max(1, all.length / most.batch);
  return Array.from({ length: Math.min(all.length, most.batch) }, (_, i) => all[Math.floor(i * step)]!);
}
