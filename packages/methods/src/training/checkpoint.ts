import { namedLeaves, type Tree } from '@dgprompt/engine';
import { joinPath, listFolder, makeFolder, openSafetensors, pathExists, readText, removePath } from '@dgprompt/io';
import type * as tf from '@tensorflow/tfjs-core';
import type { Method } from '../learner/types.js';
import { flatOptions } from '../method/option-tree.js';
import { saveMethod } from '../method/save.js';
import { checkpointFiles, type SavedRun, type TrainingFacts } from '../method/saved-run.js';
import { namedVariables, readVariables, writeVariables } from '../method/variables.js';
import { type KnownItems, otherItem, writeItems } from './items.js';

/** What a training run needs to resume, and what identifies the run. */
export interface Checkpoint {
  folder: string;
  training: TrainingFacts;
  items: KnownItems;
  /** The optimizers' buffers, by the groups of the method's variables. */
  optimizer: Record<string, Tree<tf.Variable>>;
}

/** Files left by a process that was killed while writing. */
const leftover = /^(prompts|run|epochs|images|optimizer-\d+)\.(safetensors|json)\.[0-9a-f-]+\.tmp$/;

const optimizerFile = (epoch: number) => `optimizer-${epoch}.safetensors`;

const buffers = ({ optimizer }: Checkpoint) => new Map(namedLeaves<tf.Variable>(optimizer));

/**
 * Writes a method and its optimizer after an epoch, so that a process killed at any moment leaves a complete
 * checkpoint: the optimizer's file, with the epoch in its name, comes first; the prompts' file carries its epoch and is
 * renamed into place; older optimizer files and partial files of a killed run are deleted last.
 */
export async function saveCheckpoint(method: Method, checkpoint: Checkpoint, epoch: number): Promise<void> {
  const { folder, training } = checkpoint;
  await makeFolder(folder);
  if (!(await pathExists(joinPath(folder, checkpointFiles.prompts)))) await writeItems(folder, checkpoint.items);
  await writeVariables(joinPath(folder, optimizerFile(epoch)), buffers(checkpoint));
  await saveMethod(method, folder, { epoch, training, optimizer: optimizerFile(epoch) });
  for (const name of await listFolder(folder)) {
    const isOld = /^optimizer-\d+\.safetensors$/.test(name) && name !== optimizerFile(epoch);
    if (isOld || leftover.test(name)) await removePath(joinPath(folder, name));
  }
}

/**
 * Restores a run's variables and optimizer from its last checkpoint; a finished run needs no optimizer.
 *
 * @returns the number of finished epochs: 0 if the folder holds no checkpoint
 * @throws one sentence if the folder holds a damaged checkpoint, or another run's (with the first difference)
 */
export async function resumeCheckpoint(method: Method, checkpoint: Checkpoint): Promise<number> {
  const { folder, training } = checkpoint;
  const prompts = joinPath(folder, checkpointFiles.prompts);
  if (!(await pathExists(prompts))) return 0;
  await checkSameRun(method, checkpoint);
  const epoch = epochOf(prompts);
  if (!(epoch > 0)) throw new Error(`${prompts} is not a training checkpoint; give another folder.`);
  const optimizer = joinPath(folder, optimizerFile(epoch));
  readVariables(prompts, namedVariables(method.learner), method.name);
  const isFinished = epoch >= training.epochs && !(await pathExists(optimizer)); // kept without its optimizer
  if (!isFinished) readVariables(optimizer, buffers(checkpoint), method.name);
  return epoch;
}

function epochOf(prompts: string): number {
  const file = openSafetensors(prompts);
  file.close();
  return Number(file.metadata.epoch);
}

async function checkSameRun(method: Method, { folder, training, items }: Checkpoint): Promise<void> {
  const path = joinPath(folder, checkpointFiles.run);
  let saved: SavedRun;
  try {
    saved = JSON.parse(await readText(path)) as SavedRun;
  } catch (cause) {
    throw new Error(`${path} cannot be read, so training cannot resume from ${folder}; give another folder.`, {
      cause,
    });
  }
  const { name, options, task, seed, classNames, clip } = method;
  const before = factsOf(saved);
  const now = factsOf({ method: name, options, task, seed, classNames, clip, training });
  for (const key of Object.keys({ ...now, ...before })) {
    if (now[key] === before[key] || (key === 'pillow' && before[key] === undefined)) continue;
    if (key === 'code')
      throw new Error(
        `${folder} holds a checkpoint by another version of the code of ${name}; restore the file, or delete that folder.`,
      );
    const absent = key === 'precision' ? '"fp32"' : 'absent';
    const difference =
      key === 'items'
        ? `its images are others${await otherItem(folder, items)}`
        : key === 'validation'
          ? 'its validation images are others'
          : `its ${key} is ${short(before[key] ?? absent)}, and this one's is ${short(now[key] ?? absent)}`;
    throw new Error(
      `${folder} holds the checkpoint of another run: ${difference}; give another folder, or delete that one.`,
    );
  }
}

/**
 * Everything that identifies a run, as text; `start` is the seed of the initial prompts, `seed` that of the training.
 */
function factsOf(
  run: Pick<SavedRun, 'method' | 'options' | 'task' | 'seed' | 'clip' | 'training'> & { classNames: readonly string[] },
) {
  const { method, seed: start, classNames, clip } = run;
  const all = { ...run.task, ...run.training, method, start, classNames, clip: clip.id };
  const facts = new Map<string, unknown>(Object.entries(all).filter(([, value]) => value !== undefined));
  for (const [key, value] of Object.entries(flatOptions(run.options)))
    facts.set(facts.has(key) ? `option ${key}` : key, value);
  return Object.fromEntries([...facts].map(([key, value]) => [key, JSON.stringify(value)]));
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
