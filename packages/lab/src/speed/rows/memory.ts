import { loadClip } from '@dgprompt/clip';
import { collectGarbage } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import { median } from '../median.js';
import { readyStep } from './step.js';

/** Resident size during training, in bytes. */
export interface MemoryOverTime {
  steps: number;
  /**
   * After the 20th step: the median of ten, after garbage collection, which alone makes a small process vary by a
   * tenth.
   */
  early: number;
  /** After the last step, measured the same way. */
  late: number;
}

/**
 * Checks whether memory stays flat over many training steps.
 * @param options.model a checkpoint; empty: the mini-CLIP
 */
export async function memory(options: {
  model: string;
  method: string;
  batch: number;
  steps: number;
}): Promise<MemoryOverTime> {
  const { run } = await readyStep(await loadClip(options.model || miniClip), options);
  const [early, late]: [number[], number[]] = [[], []];
  for (let step = 1; step <= options.steps; step++) {
    await run();
    const sizes = step > options.steps - 10 ? late : step > 15 && step <= 25 ? early : undefined;
    if (!sizes) continue;
    collectGarbage();
    sizes.push(process.memoryUsage.rss());
  }
  return { steps: options.steps, early: median(early), late: median(late) };
}
