import { joinPath } from '@dgprompt/io';
import type * as tf from '@tensorflow/tfjs-core';
import { changed } from '../learner/revision.js';
import type { Method } from '../learner/types.js';
import { saveMethod } from '../method/save.js';
import { checkpointFiles } from '../method/saved-run.js';
import { assignValues, namedVariables, readVariables } from '../method/variables.js';
import type { Epoch } from './history.js';

/** Which epoch's prompts are kept: the last one's, as published, or those with the best validation accuracy. */
export type Keep = 'last' | 'best';

/**
 * The number of the epoch whose prompts are kept: the earliest of the best ones, or the last one.
 *
 * @example
 * ```ts
 * import { keptEpoch } from '@dgprompt/methods/training';
 *
 * const others = { epochs: 3, loss: 1, lr: 1, seconds: 1 };
 * const epoch = (number: number, validation: number) => ({ number, validation, ...others });
 * console.log(keptEpoch([epoch(1, 60), epoch(2, 70), epoch(3, 70)], 'best')); // 2
 * ```
 */
export function keptEpoch(epochs: readonly Pick<Epoch, 'validation'>[], keep: Keep): number {
  const scores = epochs.map(({ validation }) => validation ?? Number.NaN);
  if (keep === 'last' || scores.some(Number.isNaN)) return epochs.length;
  return scores.indexOf(Math.max(...scores)) + 1;
}

/** The prompts of the best epoch so far: in memory, and in a checkpoint's folder for a run that resumes. */
export function bestPrompts(method: Method, checkpoint: string | undefined) {
  const folder = checkpoint && joinPath(checkpoint, 'best');
  let values: Map<string, tf.TypedArray> | undefined;
  return {
    async store(): Promise<void> {
      if (folder) return saveMethod(method, folder);
      values = new Map();
      for (const [name, variable] of namedVariables(method.learner)) values.set(name, (await variable.data()).slice());
    },
    restore(): void {
      const variables = namedVariables(method.learner);
      if (folder) readVariables(joinPath(folder, checkpointFiles.prompts), variables, method.name);
      else assignValues(variables, values!);
      changed(method.learner);
    },
  };
}
