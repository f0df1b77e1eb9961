import { join } from 'node:path';
import { defineCommand } from '../options/command.js';
import { option, reworded, text } from '../options/option.js';
import { dataOptions, methodsFromOption, modelOption, resultsOption } from '../options/table.js';

/** `dgprompt report`: writes one page with everything in the records. */
export const report = defineCommand({
  summary: 'tables and plots as a page',
  description: 'Write one HTML page of finished runs: tables, plots, examples, and how to repeat each run.',
  examples: [
    'report                           report.html, from results/',
    'report --results docs/results/records --out docs/report.html',
  ],
  options: {
    ...resultsOption,
    suite: reworded(dataOptions.suite, 'data whose images the page may show: folder:PATH, a folder of tasks'),
    root: reworded(dataOptions.root, 'published datasets whose images the page may show'),
    methodsFrom: reworded(methodsFromOption.methodsFrom, 'your own methods, to find words near their context'),
    model: reworded(modelOption.model, 'the CLIP for these words, if not the mini-CLIP'),
    modelConfig: modelOption.modelConfig,
    out: option('--out <file>', 'the page, self-contained: no other files, no network', text.default('report.html')),
  },
  async action({ results, out, suite, root, methodsFrom, model, modelConfig }) {
    const { runName } = await import('@dgprompt/bench/runs');
    const { bytes, printable } = await import('@dgprompt/io');
    const { imagesNamedBy } = await import('../report/named-images.js');
    const { reportPage } = await import('../report/page.js');
    const { checkOutput, writeOutput } = await import('../terminal/check-output.js');
    const { failedRuns } = await import('../report/sections/failed-runs.js');
    const { wordReader } = await import('../report/words.js');
    const { noRecords, recordsOf } = await import('../terminal/records.js');
    const { reporter } = await import('../terminal/reporter.js');
    const { records, problems } = await recordsOf(results);
    if (records.length === 0) throw noRecords('records', results);
    await checkOutput(out);
    const runs = records.map(record => ({ ...record, folder: join(results, runName(record.config)) }));
    const bar = reporter();
    const reader = wordReader({ methodsFrom, model, modelConfig });
    const page = await reportPage({
      runs,
      problems: [...problems, ...(await failedRuns(results))],
      results,
      reader,
      named: { suite, root, model, modelConfig },
      isNamed: await imagesNamedBy({ suite, root }),
      onTask: ({ done, total, task }) => bar.progress(done / total, task),
    }).finally(async () => {
      bar.stop();
      await reader.dispose();
    });
    await writeOutput(out, page);
    process.stdout.write(
      `${printable(out, 4000)} shows ${runs.length} run${runs.length === 1 ? '' : 's'} (${bytes(page.length)}).\n`,
    );
  },
});
