import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namedLeaves } from '@dgprompt/engine';
import { cannotWrite, writeFileAtomic, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import type { Trained } from '../classifier/trained.js';
import type { Method, PromptLearner, Recipe, TaskInfo } from './types.js';

/** File names in a checkpoint's folder. */
export const checkpointFiles = { prompts: 'prompts.safetensors', run: 'run.json' } as const;

/** What `run.json` says. */
export interface SavedRun {
  format: 1;
  method: string;
  options: Record<string, unknown>;
  recipe: Recipe;
  task: TaskInfo;
  seed: number;
  classNames: string[];
  /** The CLIP that the prompts belong to: hash of its weight file, and where it was loaded from. */
  clip: { id: string; source: string };
  versions: Record<string, string>;
  /** Of a checkpoint that training goes on from: epochs done, how it is trained, the optimizer's file in the same folder. */
  epoch?: number;
  training?: Recipe & { seed: number; views: string; items: string };
  optimizer?: string;
  /** Of a finished classifier: what it was trained on, and how well it does. */
  trained?: Trained;
}

/** What a training run's checkpoint says beside the method. */
export type Progress = Required<Pick<SavedRun, 'epoch' | 'training' | 'optimizer'>>;

/** A method's variables, trained and kept, by readable names: `text.0`, `visual.0.weight`, `state.prototype`. */
export function namedVariables({ variables, state }: PromptLearner): Map<string, tf.Variable> {
  return new Map([...namedLeaves<tf.Variable>(variables), ...(state ? namedLeaves<tf.Variable>(state, 'state') : [])]);
}

/** What `run.json` says beside the method, of a training run's checkpoint or of a finished classifier. */
export type More = Progress | Required<Pick<SavedRun, 'trained'>>;

/**
 * Writes a method into a folder; each file is whole or not there, whenever the process ends.
 * @throws one sentence naming the file that cannot be written
 */
export async function saveMethod(method: Method, folder: string, more?: More): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(cause => {
    throw cannotWrite(folder, cause);
  });
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, variable] of namedVariables(method.learner))
    tensors.set(name, { shape: variable.shape, data: (await variable.data()) as Float32Array });
  const metadata = more && 'epoch' in more ? { epoch: String(more.epoch) } : undefined;
  const { name, options, recipe, task, seed, clip } = method;
  const run: SavedRun = {
    format: 1,
    method: name,
    options,
    recipe,
    task,
    seed,
    classNames: [...method.classNames],
    clip: { id: clip.id, source: clip.source },
    versions: { node: process.version, tfjs: tf.version_core },
    ...more,
  };
  // The run first: whoever finds prompts knows what they are of.
  await writeFileAtomic(join(folder, checkpointFiles.run), `${JSON.stringify(run, null, 2)}\n`);
  const prompts = join(folder, checkpointFiles.prompts);
  await writeSafetensors(prompts, tensors, { metadata }).catch(cause => {
    throw cannotWrite(prompts, cause);
  });
}
