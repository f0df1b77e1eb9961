import { resolve } from 'node:path';
import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../../options/command.js';
import { option, texts } from '../../options/option.js';
import { dataOptions } from '../../options/table.js';
import { quotedPath } from '../../terminal/this-command.js';

/** `dgprompt data prepare`: gets published datasets. */
export const prepare = defineCommand({
  description: 'Get published datasets: download, verify, unpack, arrange. Run it again to resume a download.',
  arguments: [['<names...>', 'datasets, see dgprompt data list']],
  examples: ['data prepare eurosat dtd --root ~/data', 'data prepare dtd --root ~/data --from dtd-r1.0.1.tar.gz'],
  options: {
    root: dataOptions.root,
    from: option('--from <files...>', 'local archives and lists, instead of downloads', texts.optional()),
  },
  async action({ root, from }, [names]) {
    const { findBenchmark } = await import('@dgprompt/datasets');
    const { benchmarkFolder } = await import('@dgprompt/datasets/benchmarks');
    const { prepareDataset } = await import('@dgprompt/datasets/prepare');
    const { interruptible } = await import('../../terminal/interrupt.js');
    const wanted = names.map(findBenchmark);
    if (root === undefined) {
      const folders = wanted.map(({ id }) => id).join(', ');
      throw new Error(
        `Give --root DIR, the folder in which to put the folder${wanted.length > 1 ? 's' : ''} ${folders}.`,
      );
    }
    if (from && wanted.length > 1) throw new Error('--from has the files of one dataset: give one name.');
    await interruptible(
      async (signal, report) => {
        for (const benchmark of wanted) {
          const { classNames, train, val, test } = await prepareDataset(benchmark.id, {
            root,
            from,
            signal,
            onProgress: (doing, fraction) => report.progress(fraction, doing),
            onNote: note => report.line(`  ${pc.yellow('!')} ${printable(note, 4000)}`),
          });
          report.stop();
          const images = `${train.length} train, ${val.length} val, ${test.length} test images`;
          process.stdout.write(
            `${benchmark.title} is in ${printable(benchmarkFolder(benchmark, root), 4000)}: ${classNames.length} classes; ${images}.\n` +
              `To decode every image: dgprompt data check ${benchmark.id} --root ${quotedPath(resolve(root))}\n`,
          );
        }
      },
      { interrupted: 'Interrupted. Run the command again to resume.' },
    );
  },
});
