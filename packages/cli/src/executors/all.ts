import type { Executor } from './executor.js';
import { local } from './local.js';
import { slurm } from './slurm/slurm.js';

/** The included executors, by the names that `--executor` takes. If two know a run, the first takes precedence. */
export const executors = { slurm, local } as const satisfies Record<string, Executor>;
