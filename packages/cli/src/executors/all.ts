import type { Executor } from './executor.js';
import { local } from './local.js';
import { slurm } from './slurm/slurm.js';

/** By the name that `--executor` takes; where two know of a run, the earlier one's word counts. */
export const executors = { slurm, local } as const satisfies Record<string, Executor>;

export type ExecutorName = keyof typeof executors;
