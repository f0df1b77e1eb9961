import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Slurm is not installed on this machine. */
export class NoSlurm extends Error {}

/**
 * Runs one of Slurm's commands.
 * @returns its output
 * @throws NoSlurm if it is not installed; one sentence with its last line if it fails
 */
export async function slurmTool(name: 'sbatch' | 'scontrol' | 'squeue', args: readonly string[]): Promise<string> {
  try {
    return (await execute(name, args, { maxBuffer: 2 ** 28 })).stdout;
  } catch (cause) {
    const { code, stderr = '', message } = cause as Error & { code?: string | number; stderr?: string };
    if (code === 'ENOENT')
      throw new NoSlurm(`Slurm is not installed here: ${name} was not found. Log in to a machine of the cluster.`, {
        cause,
      });
    const last = stderr.trim().split('\n').at(-1) || message;
    throw new Error(`${name} failed: ${last.replace(/^\w+:? error: /, '')}`, { cause });
  }
}
