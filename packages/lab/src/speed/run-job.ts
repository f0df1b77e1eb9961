import { spawn } from 'node:child_process';
import { commandLine, sourceEnvironment } from '../command-line.js';
import type { DeviceChoice } from '../options.js';
import type { Job } from './jobs.js';
import type { FromRow, ToRow } from './measure-row.js';
import type { RowName, RowResult } from './rows/index.js';

/** A measurement, or why there is none. */
export type Outcome<N extends RowName = RowName> = { result: RowResult<N>; peakBytes: number } | { error: string };

/** Makes a measurement in a process of its own, so that its memory is its own and nothing is warm. */
export async function runJob(
  { row, options }: Job,
  { device, threads, signal }: Pick<DeviceChoice, 'device' | 'threads'> & { signal: AbortSignal },
): Promise<Outcome> {
  const message: ToRow = { row, options, device, threads };
  const [program, ...args] = commandLine(['measure', JSON.stringify(message)]);
  const child = spawn(program!, args, {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' },
    env: { ...process.env, ...sourceEnvironment() },
  });
  const said = { out: '', err: '' };
  child.stdout!.on('data', data => {
    said.out += data;
  });
  child.stderr!.on('data', data => {
    said.err += data;
  });
  const end = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, by) => resolve(by ?? `exit code ${code}`));
  });
  const line = said.out.split('\n').findLast(text => text.startsWith('{'));
  if (line) return JSON.parse(line) as FromRow as Outcome;
  const reason = said.err.split('\n').find(text => /^\w*Error: /.test(text));
  return { error: reason?.replace(/^\w*Error: /, '') ?? `its process ended with ${end}` };
}
