import type { Executor } from './executor.js';
import { local } from './local.js';
import { slurm } from './slurm/slurm.js';

/** The included ones, by the names that `--executor` takes. If two know of a run, the earlier one takes precedence. */
export const executors = { slurm, local } as const satisfies Record<string, Executor>;
