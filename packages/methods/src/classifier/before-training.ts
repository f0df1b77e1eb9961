import { fillTemplate } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { bytes, checkWritable, folderOf, freeSpace, joinPath, listFolder, pathExists, resolvePath } from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import { checkpointFiles } from '../method/saved-run.js';

/** Free space required at the start: prompts, the optimizer's state and the card take a few megabytes. */
const SPACE = 32e6;

/**
 * Checks before hours of training what a classifier needs at the end: its folder, disk space, and the hand-written
 * prompts that it is compared with.
 *
 * @param names of the files that will be written
 * @returns the deepest folder that all images are in
 * @throws one sentence
 */
export async function checkBeforeTraining(
  method: Method,
  dataset: Dataset,
  out: string,
  { working, ...names }: Record<'card' | 'split' | 'pictures' | 'working', string>,
): Promise<string> {
  const there = (await pathExists(out)) ? await listFolder(out).catch((): string[] => []) : [];
  if (!there.includes(working)) {
    if (there.includes(checkpointFiles.prompts))
      throw new Error(`${out} already holds a finished classifier; give another folder, or delete that one.`);
    const taken = [...Object.values(names), checkpointFiles.run].find(name => there.includes(name));
    if (taken !== undefined)
      throw new Error(
        `${joinPath(out, taken)} already exists, and dgprompt did not write it; give another folder, or move it.`,
      );
  }
  await checkWritable(out);
  const free = await freeSpace((await pathExists(out)) ? out : folderOf(resolvePath(out)));
  if (free !== undefined && free < SPACE)
    throw new Error(`${out} has ${bytes(free)} of disk space left; a classifier needs ${bytes(SPACE)}.`);
  checkPrompts(method);
  return sharedFolder([...dataset.train, ...dataset.val, ...dataset.test].map(({ path }) => path));
}

/** The prompts of the CLIP that a classifier is compared with must fit, even if the method does not use them. */
function checkPrompts({ clip, classNames, task }: Method): void {
  const most = clip.config.text.contextLength;
  for (const template of task.templates)
    for (const name of classNames) {
      const text = fillTemplate(template, name);
      const length = clip.tokenizer.encode(text).length + 2;
      if (length > most)
        throw new Error(
          `"${text}" is ${length} tokens long; this CLIP takes at most ${most}. Shorten the template or name.`,
        );
    }
}

/**
 * The deepest folder that all paths are in, as an absolute path.
 *
 * @throws one sentence if they are on different drives
 */
export function sharedFolder(paths: readonly string[]): string {
  const folders = [...new Set(paths.map(path => folderOf(resolvePath(path))))];
  const others = folders.map(folder => new Set(andAbove(folder)));
  const shared = andAbove(folders[0] ?? resolvePath('.')).find(folder => others.every(above => above.has(folder)));
  if (shared === undefined)
    throw new Error(`The images are on different drives, such as ${folders[0]}; move them to one.`);
  return shared;
}

/** A folder and those above it. */
function andAbove(folder: string): string[] {
  const above = folderOf(folder);
  return above === folder ? [folder] : [folder, ...andAbove(above)];
}
