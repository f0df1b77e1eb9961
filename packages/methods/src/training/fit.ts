import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '@dgprompt/datasets';
import { writeFileAtomic } from '@dgprompt/io';
import { restoreVariables } from '../method/load.js';
import { changed } from '../method/revision.js';
import { checkpointFiles, type SavedRun, saveMethod } from '../method/save.js';
import type { Method } from '../method/types.js';
import { type Epoch, type TrainOptions, train } from './train.js';

export interface FitOptions extends Omit<TrainOptions, 'checkpoint' | 'beforeCheckpoint' | 'validation'> {
  /** Folder for checkpoints, the epochs' numbers and the best prompts so far; training goes on from what it holds. */
  working: string;
  /** Validation images; without any, the last epoch's prompts are the ones to keep. */
  validation: readonly Item[];
  /** Epochs done in an earlier call, before training goes on. */
  onResume?(done: Epoch[]): void;
  onEpoch?(epoch: Epoch): void;
}

/**
 * Trains a method and leaves it with the prompts of the epoch that did best on the validation images (the earliest of equals).
 * A call that was cut off goes on where it stopped, to the same bits.
 *
 * @returns every epoch, and the number of the one that was kept
 * @throws what `train` throws
 */
export async function fitMethod(
  method: Method,
  items: readonly Item[],
  { working, validation, onResume, onEpoch, ...options }: FitOptions,
): Promise<{ epochs: Epoch[]; kept: number }> {
  const best = join(working, 'best');
  const epochs = await readEpochs(working);
  if (epochs.length > 0) onResume?.([...epochs]);

  // Before the checkpoint: whatever epoch that has, its numbers and the best prompts until then are on the disk.
  const beforeCheckpoint = async (epoch: Epoch) => {
    epochs.splice(epoch.number - 1, Number.POSITIVE_INFINITY, epoch);
    await mkdir(best, { recursive: true });
    if (bestOf(epochs) === epoch.number) await saveMethod(method, best);
    await writeFileAtomic(join(working, epochsFile), `${JSON.stringify(epochs)}\n`);
    onEpoch?.(epoch);
  };
  const tested = validation.length > 0 ? { validation } : {};
  for await (const _ of train(method, items, { ...options, ...tested, checkpoint: working, beforeCheckpoint })) {
  }
  const kept = bestOf(epochs);
  if (kept < epochs.length) {
    await restoreVariables(method, join(best, checkpointFiles.prompts));
    changed(method.learner);
  }
  return { epochs, kept };
}

const epochsFile = 'epochs.json';

/** The epoch with the best validation accuracy, the earliest of equals; the last where nothing was validated. */
function bestOf(epochs: Epoch[]): number {
  const scores = epochs.map(({ validation }) => validation ?? Number.NaN);
  if (scores.some(Number.isNaN)) return epochs.length;
  return scores.indexOf(Math.max(...scores)) + 1;
}

/** The numbers of the epochs that the folder's checkpoint has behind it. */
async function readEpochs(working: string): Promise<Epoch[]> {
  const read = (name: string) =>
    readFile(join(working, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  const run = await read(checkpointFiles.run);
  if (run === undefined || !existsSync(join(working, checkpointFiles.prompts))) return [];
  try {
    const { epoch = 0 } = JSON.parse(run) as Partial<SavedRun>;
    const epochs = JSON.parse((await read(epochsFile)) ?? '') as Epoch[];
    if (epochs.length >= epoch) return epochs.slice(0, epoch);
  } catch {} // told below
  throw new Error(`${working} is damaged, so training cannot go on from there; delete that folder to begin again.`);
}
