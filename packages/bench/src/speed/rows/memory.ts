import { loadClip } from '@dgprompt/clip';
import { miniClip } from '@dgprompt/pictograms';
import { readyStep } from './step.js';

/** Resident size while a method trains, in bytes. */
export interface MemoryOverTime {
  steps: number;
  /** After the 20th step. */
  early: number;
  /** The mean over the last quarter of the steps: V8's heap grows and shrinks by a tenth meanwhile. */
  late: number;
}

/**
 * Whether memory stays flat over many training steps.
 * @param options.model a checkpoint; empty: the mini-CLIP
 */
export async function memory(options: {
  model: string;
  method: string;
  batch: number;
  steps: number;
}): Promise<MemoryOverTime> {
  const { run } = await readyStep(await loadClip(options.model || miniClip), options);
  const sizes: number[] = [];
  for (let i = 0; i < options.steps; i++) {
    await run();
    sizes.push(process.memoryUsage.rss());
  }
  const mean = (some: number[]) => some.reduce((sum, size) => sum + size, 0) / some.length;
  return {
    steps: options.steps,
    early: mean(sizes.slice(15, 25)),
    late: mean(sizes.slice(-Math.ceil(options.steps / 4))),
  };
}
