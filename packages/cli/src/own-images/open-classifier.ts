import { existsSync } from 'node:fs';
import { isHubId } from '@dgprompt/clip/hub';
import { useDevice } from '@dgprompt/engine';
import { loadMethod, type Method } from '@dgprompt/methods';
import { savedRun } from '@dgprompt/methods/method';
import { miniClip } from '@dgprompt/pictograms';
import type { ComputeOptions, PrecisionChoice } from '../options.js';
import { loadModel } from '../terminal/load-model.js';

/** A classifier ready to use, with the CLIP that it needs. */
export interface OpenClassifier {
  method: Method;
  dispose(): void;
}

/**
 * Opens a classifier's folder on `--model`, on the CLIP that it was trained on, or (where that path is of another machine) on the
 * mini-CLIP in the box if that is it.
 *
 * @param classes other classes by name; each with a leading + adds to those that it learned
 * @throws one sentence if folder or CLIP are missing or another, or the classes cannot be
 */
export async function openClassifier(
  folder: string,
  { model, device, threads, backend, precision }: ComputeOptions & PrecisionChoice,
  classes?: string[],
): Promise<OpenClassifier> {
  const run = await savedRun(folder);
  await useDevice({ device, threads, backend, precision });
  const clip = await loadModel(model ?? place(run.clip.source)).catch((error: Error) => error);
  const wanted = clip instanceof Error || clip.id === run.clip.id;
  // Whoever named a CLIP is told about that one; else the recorded place is what is missing.
  if (clip instanceof Error) {
    if (model !== undefined || isHubId(run.clip.source)) throw clip;
    throw new Error(missing(folder, run.clip));
  }
  try {
    if (!wanted && model === undefined && !existsSync(run.clip.source)) throw new Error(missing(folder, run.clip));
    const learned = await loadMethod(folder, clip);
    const method = classes ? learned.forClasses(chosenClasses(learned.classNames, classes)) : learned;
    return {
      method,
      dispose() {
        method.dispose();
        learned.dispose();
        clip.dispose();
      },
    };
  } catch (error) {
    clip.dispose();
    throw error;
  }
}

const place = (source: string): string => (existsSync(source) || isHubId(source) ? source : miniClip);

const missing = (folder: string, { id, source }: { id: string; source: string }): string =>
  `${folder} needs the CLIP ${source} (SHA-256 ${id.slice(0, 12)}…), which is not on this machine: copy that model here and give its path with --model.`;

function chosenClasses(learned: readonly string[], given: string[]): string[] {
  const added = given.filter(name => name.startsWith('+'));
  if (added.length === 0) return given;
  if (added.length < given.length)
    throw new Error('--classes: write + before every name to add them, or before none to replace the classes.');
  return [...learned, ...added.map(name => name.slice(1).trim())];
}
