import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, loadClip, openSafetensors } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import type { AnyMethod } from './define-method.js';
import type { Method } from './method.js';
import { resolveMethod } from './resolve-method.js';
import { checkpointFiles, namedVariables, type SavedRun } from './save.js';

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
  const run = await readRun(folder);
  const factory = resolveMethod(run.method, methods);
  const on = clip ?? (await loadClip(run.clip.source));
  if (on.id !== run.clip.id)
    throw new Error(
      `The prompts in ${folder} were trained on the CLIP ${run.clip.source} (${short(run.clip.id)}), and this is another one (${short(on.id)}); give loadMethod that CLIP.`,
    );
  const method = factory(on, run.classNames, { ...run.options, ...run.recipe, ...run.about, seed: run.seed });
  try {
    await restoreVariables(method, join(folder, checkpointFiles.prompts));
  } catch (error) {
    method.dispose();
    throw error;
  }
  return method;
}

const short = (id: string) => id.slice(0, 12);

async function readRun(folder: string): Promise<SavedRun> {
  const path = join(folder, checkpointFiles.run);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`${path} cannot be read; a folder written by method.save has it.`, { cause });
  }
  try {
    const run = JSON.parse(text) as SavedRun;
    if (run.format === 1 && typeof run.method === 'string' && Array.isArray(run.classNames)) return run;
  } catch {} // told below
  throw new Error(`${path} is not a checkpoint that this version can read.`);
}

/** Puts the values of a prompts file into a method. @throws a sentence naming file and tensor where they do not fit */
export async function restoreVariables(method: Method, path: string): Promise<void> {
  const file = openSafetensors(path);
  try {
    for (const [name, variable] of namedVariables(method.parts)) {
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
