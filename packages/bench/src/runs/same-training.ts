import { cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunConfig, runName } from '../records/config.js';
import { findRecord, runFiles } from '../records/record.js';

/**
 * Copies the prompts of a finished run that was trained alike, and differs in its tests alone: with one view of each
 * image, or base and new classes apart instead of together. Training then goes on from its end.
 *
 * @returns the name of that run; undefined if there is none, or this run has prompts already
 */
export async function takePrompts(config: RunConfig, results: string): Promise<string | undefined> {
  const here = join(results, runName(config), runFiles.checkpoint);
  if (await exists(here)) return undefined;
  for (const alike of trainedAlike(config)) {
    const there = join(results, runName(alike), runFiles.checkpoint);
    if (!(await exists(there)) || !(await findRecord(results, alike))) continue;
    await cp(there, here, { recursive: true });
    return runName(alike);
  }
  return undefined;
}

function trainedAlike({ views, ...config }: RunConfig): RunConfig[] {
  const together = config.protocol === 'joint' && config.code === undefined;
  const apart: RunConfig = { ...config, protocol: 'base-to-new' };
  const several = (one: RunConfig): RunConfig[] => (views === undefined ? [] : [{ ...one, views }]);
  const all = together ? [...several(apart), apart, ...(views === undefined ? [] : [config])] : [config];
  return together || views !== undefined ? all : [];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
