import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../records/record.js';

/** The log of a run: lines with the time before each. */
export interface RunLog {
  line(text: string): void;
  /** Waits until everything is on disk. */
  flush(): Promise<void>;
}

/** Adds to `log.txt` in a run's folder; a log that cannot be written stops no run. */
export function runLog(folder: string): RunLog {
  let written = Promise.resolve();
  return {
    line(text) {
      const entry = `${new Date().toISOString()} ${text}\n`;
      written = written.then(() => appendFile(join(folder, runFiles.log), entry)).catch(() => {});
    },
    flush: () => written,
  };
}
