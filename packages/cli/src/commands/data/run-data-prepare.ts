import { findBenchmark } from '@dgprompt/datasets';
import { benchmarkFolder } from '@dgprompt/datasets/benchmarks';
import { prepareDataset } from '@dgprompt/datasets/prepare';
import pc from 'picocolors';
import { stoppable } from '../../terminal/interrupt.js';
import { reporter } from '../../terminal/reporter.js';
import type { PrepareCommandOptions } from './data-command.js';

/** Gets a dataset and says what came of it. */
export async function runDataPrepare(name: string, { root, from }: PrepareCommandOptions): Promise<void> {
  const benchmark = findBenchmark(name);
  if (root === undefined) {
    throw new Error(`No root is given: name the folder in which the folder ${benchmark.id} shall lie with --root DIR.`);
  }
  const report = reporter();
  await stoppable(
    async signal => {
      const { classNames, train, val, test } = await prepareDataset(name, {
        ...{ root, from, signal },
        onProgress: (doing, fraction) => report.progress(fraction, doing),
        onNote: note => report.line(`  ${pc.yellow('!')} ${note}`),
      });
      report.stop();
      const counts = `${classNames.length} classes; ${train.length} train, ${val.length} val, ${test.length} test images`;
      process.stdout.write(
        `${benchmark.title} is in ${benchmarkFolder(benchmark, root)}: ${counts}.\n` +
          `dgprompt data check ${benchmark.id} --root ${root} decodes every image.\n`,
      );
    },
    { end: () => report.stop(), stopped: 'Stopped; the same command goes on.' },
  );
}
