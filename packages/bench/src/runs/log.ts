import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../records/record.js';

/** The log of a run; each line starts with the time. */
export interface RunLog {
  line(text: string): void;
  /** Waits until everything is on disk. */
  flush(): Promise<void>;
}

/** Appends to `log.txt` in a run's folder. A log that cannot be written does not stop the run. */
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
