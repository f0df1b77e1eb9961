import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

let own: Promise<string | undefined> | undefined;

/**
 * When a process of this machine started, as text to compare: pids are reused, pairs of pid and start are not.
 *
 * @returns undefined if there is no such process, or the system does not say (Windows)
 */
export function processStart(pid: number): Promise<string | undefined> {
  if (pid !== process.pid) return look(pid);
  own ??= look(pid);
  return own;
}

async function look(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return fromProc(pid);
  if (process.platform === 'win32') return undefined;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || undefined;
}

/** The boot id, and clock ticks from boot to start: field 22 of `/proc/PID/stat`, whose second may have spaces. */
async function fromProc(pid: number): Promise<string | undefined> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const stat = await read(`/proc/${pid}/stat`);
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks && `${(await read('/proc/sys/kernel/random/boot_id')).trim().slice(0, 8)}-${ticks}`;
}

/** Whether a process of this machine is running. */
export function processLives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0); // signal 0 only checks that the process exists
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
