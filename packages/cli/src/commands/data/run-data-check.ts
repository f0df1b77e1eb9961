import { checkDataset, reportText } from '@dgprompt/datasets/check';
import { decode } from '@dgprompt/images';
import { stoppable } from '../../terminal/interrupt.js';
import { reporter } from '../../terminal/reporter.js';
import type { DataOptions } from './data-command.js';

/** Checks a dataset and prints the report; exit code 1 if something is wrong. */
export async function runDataCheck(name: string, { root, json }: DataOptions & { json?: true }): Promise<void> {
  const report = reporter();
  await stoppable(
    async signal => {
      const found = await checkDataset(name, {
        ...{ root, decode, signal },
        onProgress: ({ done, total }) => report.progress(done / Math.max(1, total), `decoding the images of ${name}`),
      });
      report.stop();
      process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : reportText(found, root));
      if (!found.ok) process.exitCode = 1;
    },
    { end: () => report.stop(), stopped: 'Stopped.' },
  );
}
