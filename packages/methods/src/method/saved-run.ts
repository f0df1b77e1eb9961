import type { PillowVersion } from '@dgprompt/images';
import { errorCode, joinPath, listFolder, parseJson, pathExists, readText } from '@dgprompt/io';
import type { Recipe, TaskInfo } from '../learner/types.js';
import { wrongInSavedRun } from './saved-run-schema.js';
import type { Trained } from './trained.js';

/** File names in a checkpoint's folder. */
export const checkpointFiles = { prompts: 'prompts.safetensors', run: 'run.json' } as const;

/** The training of a checkpoint: everything that affects its numbers apart from the method itself. */
export type TrainingFacts = Recipe & {
  seed: number;
  views: string;
  items: string;
  validation?: string;
  code?: string;
  /** Of the frozen towers, if it is below float32. */
  precision?: Trained['precision'];
  /** The Pillow version whose resizing order is used; absent in older checkpoints, which any version resumes. */
  pillow?: PillowVersion;
};

/** The content of `run.json`. */
export interface SavedRun {
  format: 1;
  method: string;
  options: Record<string, unknown>;
  recipe: Recipe;
  task: TaskInfo;
  seed: number;
  classNames: string[];
  /** The classes that it was made for, if it was saved for others (`forClasses`). */
  madeFor?: string[];
  /** The CLIP that the prompts belong to: its hash, source, given config, and the side of its images in pixels. */
  clip: { id: string; source: string; config?: object; imageSize?: number };
  versions: Record<string, string>;
  /**
   * For a checkpoint that training resumes from: finished epochs, training settings, the optimizer's file in the same
   * folder.
   */
  epoch?: number;
  training?: TrainingFacts;
  optimizer?: string;
  /** For a finished classifier: its training data and accuracy. */
  trained?: Trained;
  /** For a finished classifier of the user's own method: the version of its code, from `TrainOptions.code`. */
  code?: string;
}

/**
 * The `run.json` of a classifier's folder.
 *
 * @throws one sentence if it is missing or malformed
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { maple } from '@dgprompt/methods';
 * import { savedRun } from '@dgprompt/methods/method';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * await maple(await loadClip(miniClip), ['sun', 'moon'], { depth: 2 }).save(folder);
 * console.log((await savedRun(folder)).options); // { tokens: 2, depth: 2, init: 'a photo of a' }
 * ```
 */
export async function savedRun(folder: string): Promise<SavedRun> {
  const path = joinPath(folder, checkpointFiles.run);
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    throw new Error(await noClassifier(folder, path), { cause });
  }
  let run: unknown;
  try {
    run = parseJson(text);
  } catch (cause) {
    throw new Error(`${path} is not a checkpoint that this version can read: ${(cause as Error).message}.`, { cause });
  }
  const wrong = wrongInSavedRun(run);
  if (wrong === undefined) return run as SavedRun;
  throw new Error(`${path} is not a checkpoint that this version can read (${wrong}).`);
}

async function noClassifier(folder: string, path: string): Promise<string> {
  const what = 'a classifier is the folder that dgprompt train or method.save wrote';
  const code = await listFolder(folder).then(() => undefined, errorCode);
  if (/\.onnx$/i.test(folder) && code !== 'ENOENT')
    return `${folder} is an exported model, which ONNX Runtime opens directly; ${what}.`;
  if (code === 'ENOENT') return `There is no folder ${folder}; ${what}.`;
  if (code === 'ENOTDIR') return `${folder} is a file; ${what}.`;
  if (await pathExists(joinPath(folder, '.training')))
    return `${folder} is an unfinished training run; run the same train command again to resume it.`;
  return `${path} cannot be read; a folder written by method.save has it.`;
}
