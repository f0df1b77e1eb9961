import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, loadClip } from '@dgprompt/clip';
import { isHubId } from '@dgprompt/clip/hub';
import { openSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { resolveMethod } from '../zoo/all.js';
import type { AnyMethod } from './define.js';
import { checkpointFiles, namedVariables, type SavedRun } from './save.js';
import type { Method } from './types.js';

/**
 * A trained method from the folder that `method.save` wrote.
 *
 * @param folder holds `prompts.safetensors` and `run.json`
 * @param clip the CLIP that the prompts were trained on. Default: loaded from where it was then; it must still be the same,
 *   byte for byte
 * @param methods methods of your own, for prompts that one of them learned
 * @throws a sentence if a file is missing or of another form, if the CLIP is another one, if the method is not known
 */
export async function loadMethod(folder: string, clip?: Clip, methods: readonly AnyMethod[] = []): Promise<Method> {
  const run = await savedRun(folder);
  const factory = resolveMethod(run.method, methods);
  const on = clip ?? (await clipOf(folder, run));
  if (on.id !== run.clip.id)
    throw new Error(
      `The prompts in ${folder} were trained on the CLIP ${run.clip.source} (${short(run.clip.id)}), and this is another one (${short(on.id)}); give that CLIP.`,
    );
  const method = factory(on, run.classNames, { ...run.options, ...run.recipe, ...run.task, seed: run.seed });
  try {
    await restoreVariables(method, join(folder, checkpointFiles.prompts));
  } catch (error) {
    method.dispose();
    throw error;
  }
  return method;
}

async function clipOf(folder: string, { clip: { id, source } }: SavedRun): Promise<Clip> {
  if (source === '' || (!existsSync(source) && !isHubId(source)))
    throw new Error(
      `The classifier in ${folder} needs the CLIP ${source || 'it was trained on'} (SHA-256 ${short(id)}…), which is not there: copy that model to this machine and give its path.`,
    );
  return loadClip(source);
}

const short = (id: string) => id.slice(0, 12);

/**
 * What a classifier's `run.json` says.
 * @throws a sentence if there is none, or it is of another form
 */
export async function savedRun(folder: string): Promise<SavedRun> {
  const path = join(folder, checkpointFiles.run);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(noClassifier(folder, path), { cause });
  }
  try {
    const run = JSON.parse(text) as SavedRun;
    if (run.format === 1 && typeof run.method === 'string' && Array.isArray(run.classNames)) return run;
  } catch {} // told below
  throw new Error(`${path} is not a checkpoint that this version can read.`);
}

function noClassifier(folder: string, path: string): string {
  const what = 'a classifier is the folder that dgprompt train or method.save wrote';
  if (!existsSync(folder)) return `There is no folder ${folder}; ${what}.`;
  if (/\.onnx$/i.test(folder)) return `${folder} is an exported model, which ONNX Runtime opens by itself; ${what}.`;
  if (statSync(folder).isFile()) return `${folder} is a file; ${what}.`;
  if (existsSync(join(folder, '.training')))
    return `${folder} is a training run that has not ended; give the same train command again to go on.`;
  return `${path} cannot be read; a folder written by method.save has it.`;
}

/** Puts the values of a prompts file into a method. @throws a sentence naming file and tensor where they do not fit */
export async function restoreVariables(method: Method, path: string): Promise<void> {
  const file = openSafetensors(path);
  try {
    for (const [name, variable] of namedVariables(method.learner)) {
      const shape = file.tensors.get(name)?.shape;
      if (!shape) throw new Error(`${path} has no "${name}", which ${method.name} with these options learns.`);
      if (shape.join() !== variable.shape.join())
        throw new Error(`${path}: "${name}" is [${shape}], and ${method.name} on this CLIP has [${variable.shape}].`);
      const value = tf.tensor(file.read(name), shape);
      variable.assign(value);
      value.dispose();
    }
  } finally {
    file.close();
  }
}
