import type { Executor } from '../executor.js';
import { askSlurm } from './ask.js';
import { sbatchOptions } from './sbatch-options.js';
import { slurmTool } from './tool.js';

/** Job arrays of a Slurm cluster, one run per task. The results folder must have the same path on its nodes. */
export const slurm: Executor = {
  async check(_, { slurm: options, workers }) {
    sbatchOptions(options);
    if (workers > 1)
      throw new Error(
        '--workers needs --executor local; Slurm does as many runs at a time as the cluster has room for.',
      );
    await slurmTool('sbatch', ['--version']);
  },
  runner: (settings, { slurm: options }) => {
    const parted = sbatchOptions(options);
    return async (...runs) => (await import('./submit.js')).submitTo(settings, parted)(...runs);
  },
  ask: askSlurm,
};
