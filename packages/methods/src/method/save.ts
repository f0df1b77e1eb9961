import { cannotWrite, joinPath, makeFolder, writeFileAtomic } from '@dgprompt/io';
import { version_core } from '@tensorflow/tfjs-core';
import type { Method } from '../learner/types.js';
import { runtimeVersion } from '../runtime/node.js';
import { checkpointFiles, type SavedRun } from './saved-run.js';
import { namedVariables, writeVariables } from './variables.js';

/**
 * The part of `run.json` that belongs to a training run's checkpoint, to a finished classifier, or to a method on other
 * classes than its own.
 */
export type RunFacts =
  | Required<Pick<SavedRun, 'epoch' | 'training' | 'optimizer'>>
  | (Required<Pick<SavedRun, 'trained'>> & Pick<SavedRun, 'code'>)
  | Required<Pick<SavedRun, 'madeFor'>>;

/**
 * Writes a method into a folder; each file is complete or absent, even if the process is killed.
 * @throws one sentence naming the file that cannot be written
 */
export async function saveMethod(method: Method, folder: string, facts?: RunFacts): Promise<void> {
  await makeFolder(folder).catch(cause => {
    throw cannotWrite(folder, cause);
  });
  const { name, options, recipe, task, seed, clip } = method;
  const run: SavedRun = {
    format: 1,
    method: name,
    options,
    recipe,
    task,
    seed,
    classNames: [...method.classNames],
    clip: {
      ...{ id: clip.id, source: clip.source, imageSize: clip.imageSize },
      ...(clip.givenConfig && { config: clip.givenConfig }),
    },
    versions: { node: runtimeVersion(), tfjs: version_core },
    ...facts,
  };
  // run.json first: prompts are never without it.
  await writeFileAtomic(joinPath(folder, checkpointFiles.run), `${JSON.stringify(run, null, 2)}\n`);
  const metadata = facts && 'epoch' in facts ? { epoch: String(facts.epoch) } : undefined;
  await writeVariables(joinPath(folder, checkpointFiles.prompts), namedVariables(method.learner), metadata);
}
