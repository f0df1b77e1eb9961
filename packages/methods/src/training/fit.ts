import type { Item } from '@dgprompt/datasets';
import { joinPath } from '@dgprompt/io';
import { changed } from '../learner/revision.js';
import type { Method } from '../learner/types.js';
import { saveMethod } from '../method/save.js';
import { checkpointFiles } from '../method/saved-run.js';
import { namedVariables, readVariables } from '../method/variables.js';
import type { Epoch } from './history.js';
import { type TrainOptions, train } from './train.js';

export interface FitOptions
  extends Omit<TrainOptions, 'checkpoint' | 'checkpointSeconds' | 'beforeCheckpoint' | 'validation'> {
  /** Folder for checkpoints and the best prompts so far; training resumes from it. */
  working: string;
  /** Validation images; without any, the last epoch's prompts are kept. */
  validation: readonly Item[];
  onEpoch?(epoch: Epoch): void;
}

/**
 * Trains a method and leaves it with the prompts of the epoch with the best validation accuracy (the earliest of
 * equals). A call that was interrupted resumes where it stopped, with the same bits.
 *
 * @returns every epoch, and the number of the kept one
 * @throws what `train` throws
 */
export async function fitMethod(
  method: Method,
  items: readonly Item[],
  { working, validation, onResume, onEpoch, ...options }: FitOptions,
): Promise<{ epochs: Epoch[]; kept: number }> {
  const best = joinPath(working, 'best');
  let epochs: Epoch[] = [];
  const training = train(method, items, {
    ...options,
    checkpoint: working,
    validation: validation.length > 0 ? validation : undefined,
    onResume(done) {
      epochs = [...done];
      onResume?.(done);
    },
    async beforeCheckpoint(epoch) {
      if (bestOf([...epochs, epoch]) === epoch.number) await saveMethod(method, best);
    },
  });
  for await (const epoch of training) {
    epochs.push(epoch);
    onEpoch?.(epoch);
  }
  const kept = bestOf(epochs);
  if (kept < epochs.length) {
    readVariables(joinPath(best, checkpointFiles.prompts), namedVariables(method.learner), method.name);
    changed(method.learner);
  }
  return { epochs, kept };
}

/** The epoch with the best validation accuracy, the earliest of equals; the last without validation. */
function bestOf(epochs: Epoch[]): number {
  const scores = epochs.map(({ validation }) => validation ?? Number.NaN);
  if (scores.some(Number.isNaN)) return epochs.length;
  return scores.indexOf(Math.max(...scores)) + 1;
}
