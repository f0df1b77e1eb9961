import { type Clip, loadClip } from '@dgprompt/clip';
import { isHubId } from '@dgprompt/clip/hub';
import { joinPath, pathExists } from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import type { AnyMethod } from '../method/define.js';
import { checkpointFiles, type SavedRun, savedRun } from '../method/saved-run.js';
import { namedVariables, readVariables } from '../method/variables.js';
import { resolveMethod } from './all.js';

/**
 * Loads a trained method from the folder that `method.save` wrote. It computes in the precision that `useDevice` chose,
 * and resizes images like the Pillow version that `usePillow` chose, whatever it was trained with: `savedRun(folder)`
 * of `@dgprompt/methods/method` has both.
 *
 * @param folder holds `prompts.safetensors` and `run.json`
 * @param clip the CLIP that the prompts were trained on, with byte-identical weights. Default: loaded from its source
 *   at that time
 * @param methods user-defined methods, for prompts that one of them learned
 * @throws one sentence if a file is missing or malformed, if the CLIP is a different one, or if the method is unknown
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { loadMethod, maple } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * await maple(await loadClip(miniClip), ['sun', 'moon'], { depth: 2 }).save(folder);
 * const method = await loadMethod(folder);
 * console.log(method.name, method.classNames); // maple [ 'sun', 'moon' ]
 * ```
 */
export async function loadMethod(folder: string, clip?: Clip, methods: readonly AnyMethod[] = []): Promise<Method> {
  const run = await savedRun(folder);
  const factory = resolveMethod(run.method, methods);
  const on = clip ?? (await clipOf(folder, run));
  if (on.id !== run.clip.id)
    throw new Error(
      `The prompts in ${folder} were trained on the CLIP ${run.clip.source} (${short(run.clip.id)}), and this is another one (${short(on.id)}); give that CLIP.`,
    );
  const { classNames, madeFor } = run;
  const method = factory(on, madeFor ?? classNames, { ...run.options, ...run.recipe, ...run.task, seed: run.seed });
  try {
    readVariables(joinPath(folder, checkpointFiles.prompts), namedVariables(method.learner), method.name);
    return madeFor ? onClasses(method, classNames) : method;
  } catch (error) {
    method.dispose();
    throw error;
  }
}

/** A method on other classes, which owns its variables. */
function onClasses(made: Method, classNames: readonly string[]): Method {
  const method = made.forClasses(classNames);
  return {
    ...method,
    dispose() {
      method.dispose();
      made.dispose();
    },
  };
}

async function clipOf(folder: string, { clip: { id, source, config, imageSize } }: SavedRun): Promise<Clip> {
  if (source === '' || (!isHubId(source) && !(await pathExists(source))))
    throw new Error(
      `The classifier in ${folder} needs the CLIP ${source || 'it was trained on'} (SHA-256 ${short(id)}…), which is missing: copy that model to this machine and give its path.`,
    );
  return loadClip(source, { config, imageSize });
}

const short = (id: string) => id.slice(0, 12);
