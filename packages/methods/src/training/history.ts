import { joinPath, makeFolder, readText, writeFileAtomic } from '@dgprompt/io';

/** One finished epoch. */
export interface Epoch {
  /** From 1. */
  number: number;
  epochs: number;
  /** Mean over the epoch's steps. */
  loss: number;
  lr: number;
  /** Top-1 accuracy on the validation images, in percent, if there are any. */
  validation?: number;
  seconds: number;
}

/** The file in a checkpoint's folder with the epochs up to it. */
const historyFile = 'epochs.json';

/** Writes all epochs so far; called before their checkpoint, so that a checkpoint always has its history. */
export async function writeHistory(folder: string, epochs: readonly Epoch[]): Promise<void> {
  await makeFolder(folder);
  await writeFileAtomic(joinPath(folder, historyFile), `${JSON.stringify(epochs)}\n`);
}

/**
 * The epochs up to a checkpoint.
 *
 * @param done finished epochs of the checkpoint; the file may have more, if the run was killed before it wrote the next
 *   one
 * @throws one sentence if the file is missing or damaged
 */
export async function readHistory(folder: string, done: number): Promise<Epoch[]> {
  if (done === 0) return [];
  try {
    const epochs = JSON.parse(await readText(joinPath(folder, historyFile))) as Epoch[];
    if (epochs.length >= done && epochs.every(({ number }, i) => number === i + 1)) return epochs.slice(0, done);
  } catch {} // reported below
  throw new Error(`${folder} is damaged, so training cannot resume from it; delete that folder to start again.`);
}
