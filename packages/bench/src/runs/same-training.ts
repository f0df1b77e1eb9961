import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pathExists } from '@dgprompt/io';
import { type RunConfig, runName } from '../records/config.js';
import { findRecord, runFiles } from '../records/record.js';

/**
 * Copies the prompts of a finished run with the same training that differs only in its tests: one view of each image,
 * or base and new classes apart instead of together. Training then resumes at its end.
 *
 * @returns the name of that run; undefined if there is none, or if this run already has prompts
 */
export async function takePrompts(config: RunConfig, results: string): Promise<string | undefined> {
  const name = runName(config);
  const promptsOf = (run: string) => join(results, run, runFiles.checkpoint);
  for (const alike of trainedAlike(config)) {
    const other = runName(alike);
    if (other === name || !(await pathExists(promptsOf(other))) || !(await findRecord(results, alike))) continue;
    if (await pathExists(promptsOf(name))) return undefined;
    await cp(promptsOf(other), promptsOf(name), { recursive: true });
    return other;
  }
  return undefined;
}

/** The run itself, and those that differ from it at most in their tests. */
function trainedAlike({ views, ...config }: RunConfig): RunConfig[] {
  const isJoint = config.protocol === 'joint' && config.code === undefined;
  const protocols = isJoint ? ['base-to-new', 'joint'] : [config.protocol];
  return protocols.flatMap(protocol => {
    const once = { ...config, protocol };
    return views === undefined ? [once] : [{ ...once, views }, once];
  });
}
