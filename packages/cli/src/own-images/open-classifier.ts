import { existsSync } from 'node:fs';
import type { Clip } from '@dgprompt/clip';
import { isHubId } from '@dgprompt/clip/hub';
import { useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import { loadMethod, type Method } from '@dgprompt/methods';
import { type SavedRun, savedRun } from '@dgprompt/methods/method';
import { miniClip } from '@dgprompt/pictograms';
import { ownMethodsFor } from '../options/method-options.js';
import { loadModel } from '../terminal/load-model.js';
import { asTrained, type GivenCompute } from './as-trained.js';

/** A classifier ready to use, with its CLIP. */
export interface OpenClassifier {
  method: Method;
  dispose(): void;
}

/**
 * Opens a classifier's folder with the CLIP of `--model`, else with the included mini-CLIP if the recorded hash matches
 * it (wherever it was stored), else with the CLIP it was trained on; in the given precision and with the given Pillow,
 * else as in its training.
 *
 * @param methodsFrom files of the user's own methods
 * @param classes other class names; those with a leading + are added to the learned ones
 * @throws one sentence if the folder or the CLIP is missing, the CLIP is a different one, the classes are invalid, or
 *   the classifier's custom method is not in these files or has different code there
 */
export async function openClassifier(
  folder: string,
  {
    model,
    modelConfig,
    methodsFrom,
    ...given
  }: GivenCompute & { model?: string; modelConfig?: string; methodsFrom?: readonly string[] },
  classes?: string[],
): Promise<OpenClassifier> {
  const run = await savedRun(folder);
  const own = await ownMethodsFor(run.method, folder, methodsFrom, run.code);
  const { pillow, ...compute } = asTrained(folder, run, given);
  usePillow(pillow);
  await useDevice(compute);
  const clip = await clipFor(folder, run.clip, model, modelConfig);
  try {
    const learned = await loadMethod(folder, clip, own);
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

/**
 * The CLIP of a saved method: the named one, else the included one if it is the same, else the one at the recorded
 * path.
 */
export async function clipFor(
  folder: string,
  { id, source, config, imageSize }: SavedRun['clip'],
  model?: string,
  modelConfig?: string,
): Promise<Clip> {
  const given = modelConfig ?? config;
  if (model !== undefined || isHubId(source)) return loadModel(model ?? source, given, imageSize);
  const included = await loadModel(miniClip, undefined, imageSize).catch(() => undefined);
  if (included?.id === id) return included;
  included?.dispose();
  if (!existsSync(source)) throw new Error(missing(folder, { id, source }));
  return loadModel(source, given, imageSize).catch((cause: Error) => {
    throw new Error(`${missing(folder, { id, source })} (${cause.message})`, { cause });
  });
}

const missing = (folder: string, { id, source }: { id: string; source: string }): string =>
  `${folder} needs the CLIP ${source} (SHA-256 ${id.slice(0, 12)}…), which is not on this machine: copy that model here and give its path with --model.`;

function chosenClasses(learned: readonly string[], given: string[]): string[] {
  const added = given.filter(name => name.startsWith('+'));
  if (added.length === 0) return given;
  if (added.length < given.length)
    throw new Error('--classes: write + before every name to add classes, or before none to replace them.');
  return [...learned, ...added.map(name => name.slice(1).trim())];
}
