import { readFileSync } from 'node:fs';
import { type Compute, useDevice } from '@dgprompt/engine';
import type { Job } from './jobs.js';
import { rows } from './rows/index.js';

/** The input of a process that makes one measurement, and its output: JSON on one line. */
export type ToRow = Pick<Job, 'row' | 'options' | 'precision'> & Pick<Compute, 'device' | 'threads'>;
export type FromRow = { result: object; peakBytes: number } | { error: string };

/** Runs one measurement and prints it. */
async function measure(text: string): Promise<void> {
  const { row, options, device, threads, precision } = JSON.parse(text) as ToRow;
  let said: FromRow;
  try {
    if (row !== 'backend') await useDevice({ device, threads, precision });
    const run = await rows[row]();
    const result = await run(options as never);
    said = { result, peakBytes: peakMemory() };
  } catch (error) {
    said = { error: (error as Error).message };
  }
  // idle backend threads would keep it alive
  process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));
}

/**
 * The peak memory of this process in bytes. Linux includes memory of the parent in `maxRSS`; the process's own mark is
 * elsewhere.
 */
function peakMemory(): number {
  const own = process.platform === 'linux' && /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return 1024 * (own ? Number(own) : process.resourceUsage().maxRSS);
}

await measure(process.argv[2]!);
