import { defineCommand } from '../../options/command.js';
import { dataOptions, jsonOption } from '../../options/table.js';

/** `dgprompt data check`: checks a dataset; the exit code is 1 if something is wrong. */
export const check = defineCommand({
  description: 'Check that every image of a dataset is there and decodes, and that counts are the published ones.',
  arguments: [['<name>', 'a dataset, or folder:PATH']],
  examples: ['data check eurosat --root ~/data', 'data check folder:./flowers --json'],
  options: { root: dataOptions.root, ...jsonOption },
  async action({ root, json }, [name]) {
    const { checkDataset, reportText } = await import('@dgprompt/datasets/check');
    const { decode } = await import('@dgprompt/images');
    const { interruptible } = await import('../../terminal/interrupt.js');
    await interruptible(
      async (signal, report) => {
        const found = await checkDataset(name, {
          root,
          decode,
          signal,
          onProgress: ({ done, total }) => report.progress(done / Math.max(1, total), `decoding the images of ${name}`),
        });
        report.stop();
        process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : reportText(found, root));
        if (!found.ok) process.exitCode = 1;
      },
      { interrupted: 'Interrupted.' },
    );
  },
});
