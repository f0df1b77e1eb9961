import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '@dgprompt/datasets';
import { namedLeaves, type Tree } from '@dgprompt/engine';
import { openSafetensors, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { checkpointFiles, namedVariables, type SavedRun, saveMethod } from '../method/save.js';
import type { Method, Recipe } from '../method/types.js';

/** Where a training run leaves what it needs to go on, and how it is told from another one. */
export interface Checkpoint {
  folder: string;
  /** Everything that decides the numbers of the run beside the method itself. */
  training: Recipe & { seed: number; views: string; items: string };
  /** The optimizer's momentum, in the form of the method's variables. */
  momentum: Tree<tf.Variable>;
}

/** What a process killed while it wrote has left. */
const leftover = /^(prompts|run|optimizer-\d+)\.(safetensors|json)\.[0-9a-f-]+\.tmp$/;

const optimizerFile = (epoch: number) => `optimizer-${epoch}.safetensors`;

/**
 * Writes a method and its optimizer after an epoch, so that a process killed at any moment leaves a whole checkpoint: the optimizer's
 * file has the epoch in its name and is there first, the prompts' file carries the epoch that it belongs to and is renamed into place,
 * and older optimizer files, and halves of files from a run that was killed, go last.
 */
export async function saveCheckpoint(method: Method, checkpoint: Checkpoint, epoch: number): Promise<void> {
  const { folder, momentum, training } = checkpoint;
  await mkdir(folder, { recursive: true });
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, buffer] of namedLeaves<tf.Variable>(momentum))
    tensors.set(name, { shape: buffer.shape, data: (await buffer.data()) as Float32Array });
  await writeSafetensors(join(folder, optimizerFile(epoch)), tensors);
  await saveMethod(method, folder, { epoch, training, optimizer: optimizerFile(epoch) });
  for (const name of await readdir(folder)) {
    const old = /^optimizer-\d+\.safetensors$/.test(name) && name !== optimizerFile(epoch);
    if (old || leftover.test(name)) await rm(join(folder, name), { force: true });
  }
}

/**
 * Puts a run's variables and momentum back as they were after its last whole epoch; a run that was trained to the end needs no momentum.
 * @returns how many epochs are done: 0 where the folder holds no checkpoint
 * @throws one sentence if the folder holds another run's checkpoint (what differs is named), or a damaged one
 */
export async function resumeCheckpoint(method: Method, checkpoint: Checkpoint): Promise<number> {
  const { folder, momentum, training } = checkpoint;
  const prompts = join(folder, checkpointFiles.prompts);
  if (!existsSync(prompts)) return 0;
  await checkSameRun(method, checkpoint);
  const file = openSafetensors(prompts);
  try {
    const epoch = Number(file.metadata.epoch);
    if (!(epoch > 0)) throw new Error(`${prompts} is no training checkpoint; give another folder.`);
    const momenta = join(folder, optimizerFile(epoch));
    const isWhole = epoch >= training.epochs && !existsSync(momenta); // trained to the end, and kept without its optimizer
    const optimizer = isWhole ? undefined : openSafetensors(momenta);
    try {
      for (const [name, variable] of namedVariables(method.learner)) put(file.read(name), variable);
      for (const [name, buffer] of namedLeaves<tf.Variable>(momentum)) if (optimizer) put(optimizer.read(name), buffer);
    } finally {
      optimizer?.close();
    }
    return epoch;
  } finally {
    file.close();
  }
}

function put(values: Float32Array, variable: tf.Variable): void {
  const value = tf.tensor(values, variable.shape);
  variable.assign(value);
  value.dispose();
}

async function checkSameRun(method: Method, { folder, training }: Checkpoint): Promise<void> {
  const path = join(folder, checkpointFiles.run);
  let saved: SavedRun;
  try {
    saved = JSON.parse(await readFile(path, 'utf8')) as SavedRun;
  } catch (cause) {
    throw new Error(`${path} cannot be read, so training cannot go on from ${folder}; give another folder.`, { cause });
  }
  const { name, options, task, seed, classNames, clip } = method;
  const facts = (run: Pick<SavedRun, 'options' | 'task' | 'training'> & Record<string, unknown>) =>
    Object.entries({ ...run.options, ...run.task, ...run.training, ...pick(run) });
  const mine = { options, task, training, method: name, start: seed, classNames, clip: clip.id };
  const theirs = { ...saved, start: saved.seed, clip: saved.clip.id };
  const before = new Map(facts(theirs as never).map(([key, value]) => [key, JSON.stringify(value)]));
  for (const [key, value] of facts(mine as never)) {
    const [now, then] = [JSON.stringify(value), before.get(key)];
    if (now !== then)
      throw new Error(
        `${folder} holds the checkpoint of another run: its ${key} is ${short(then)}, and this one's is ${short(now)}; give another folder, or delete that one.`,
      );
  }
}

const pick = ({ method, start, classNames, clip }: Record<string, unknown>) => ({ method, start, classNames, clip });

const short = (text = 'not there') => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** SHA-256 over the items that are trained on: paths and labels in their order. */
export const itemsHash = (items: readonly Item[]): string =>
  createHash('sha256')
    .update(JSON.stringify(items.map(({ path, label }) => [path, label])))
    .digest('hex');
