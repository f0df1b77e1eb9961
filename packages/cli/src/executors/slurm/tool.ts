import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** There is no Slurm on this machine. */
export class NoSlurm extends Error {}

/**
 * What one of Slurm's commands prints.
 * @throws NoSlurm where it is not installed; one sentence with its last line where it fails
 */
export async function slurmTool(name: 'sbatch' | 'scontrol' | 'squeue', args: readonly string[]): Promise<string> {
  try {
    return (await execute(name, args, { maxBuffer: 2 ** 28 })).stdout;
  } catch (cause) {
    const { code, stderr = '', message } = cause as Error & { code?: string | number; stderr?: string };
    if (code === 'ENOENT')
      throw new NoSlurm(`There is no Slurm here: ${name} is not found. Log in to a machine of the cluster.`, { cause });
    const last = stderr.trim().split('\n').at(-1) || message;
    throw new Error(`${name} failed: ${last.replace(/^\w+:? error: /, '')}`, { cause });
  }
}
