import type { Executor } from '../executor.js';
import { askSlurm } from './ask.js';
import { sbatchOptions } from './sbatch-options.js';
import { slurmTool } from './tool.js';

/** Job arrays of a Slurm cluster, one run per task. The results folder must have the same path on its nodes. */
export const slurm = {
  name: 'slurm',
  async check(_, { slurm: options, workers }) {
    sbatchOptions(options);
    if (workers > 1)
      throw new Error(
        '--workers needs --executor local; Slurm does as many runs at a time as the cluster has room for.',
      );
    await slurmTool('sbatch', ['--version']);
  },
  async run(runs, { settings, options, events, bench }) {
    const { submitTo } = await import('./submit.js');
    await submitTo(settings, sbatchOptions(options.slurm))(runs, events, bench);
  },
  ask: askSlurm,
} satisfies Executor;
