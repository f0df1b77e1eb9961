import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Compute } from '@dgprompt/engine';
import type { Job } from './jobs.js';
import type { FromRow, ToRow } from './measure.js';
import type { RowName, RowResult } from './rows/index.js';

/** A measurement, or why it failed. */
export type Measurement<N extends RowName = RowName> = { result: RowResult<N>; peakBytes: number } | { error: string };

/** Runs a measurement in a separate process, so that its memory is isolated and nothing is warm. */
export async function runJob(
  { row, options, precision }: Job,
  { device, threads, signal }: Pick<Compute, 'device' | 'threads'> & { signal: AbortSignal },
): Promise<Measurement> {
  const message: ToRow = { row, options, device, threads, precision };
  const child = spawn(process.execPath, [...program(), JSON.stringify(message)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
    env: { ...process.env, TSX_TSCONFIG_PATH: here('../../tsconfig.json') },
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
  if (line) return JSON.parse(line) as FromRow as Measurement;
  const reason = said.err.split('\n').find(text => /^\w*Error: /.test(text));
  return { error: reason?.replace(/^\w*Error: /, '') ?? `its process ended with ${end}` };
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The built file, or in tests the sources. */
const program = () =>
  existsSync(here('measure.ts')) ? ['--import', import.meta.resolve('tsx'), here('measure.ts')] : [here('measure.js')];
