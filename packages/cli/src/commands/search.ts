import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkWritable, lockFile, printable, writeFileAtomic } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { list, names, option, positive, seed, text, wholeNumber } from '../options/option.js';
import { computeOptions, dataOptions, descriptionsOption, setOption } from '../options/table.js';
import type { Reporter } from '../terminal/reporter.js';
import { usage } from '../usage-error.js';

const factors = list(positive, 'a number above 0').transform(all => all.sort((a, b) => a - b));

/** `dgprompt search`: chooses hyperparameters on validation images of base classes, once for all tasks. */
export const search = defineCommand({
  summary: 'choose settings on validation images',
  description: 'Choose settings on validation images of base classes, once for all tasks.',
  examples: [
    'search --tasks mammals --methods coop,maple --lr 1,3',
    'bench --tasks mammals --methods coop,maple --settings search.json',
  ],
  options: {
    ...dataOptions,
    methods: option('--methods <names>', 'e.g. a,b,./mine.ts', names.default(['all']), { defaultText: 'all' }),
    ...setOption,
    ...descriptionsOption,
    shots: option('--shots <k>', 'training images per class', wholeNumber(1, 100_000).default(16)),
    seed: option('--seed <n>', 'of the few-shot sample', seed.default(1)),
    lr: option('--lr <factors>', 'of the published learning rates to try', factors.default([1, 3, 10]), {
      defaultText: '1,3,10',
    }),
    epochs: option('--epochs <factors>', 'of the published epochs, tried next', factors.default([0.5, 2]), {
      defaultText: '0.5,2',
    }),
    results: option('--results <folder>', 'where the records are', text.default('results/search')),
    out: option('--out <name>', 'writes <name>.json and <name>.md', text.default('search')),
    ...computeOptions,
  },
  async action(options, _, context) {
    const bench = await import('@dgprompt/bench');
    const { checkTakesDescriptions, readDescriptions } = await import('@dgprompt/bench/data');
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { madeBy } = await import('@dgprompt/bench/records');
    const { isSearchable, searchable, searchMarkdown, withEarlier } = await import('@dgprompt/bench/search');
    const { checkModel } = await import('@dgprompt/bench/suites');
    const { useDevice } = await import('@dgprompt/engine');
    const { withMethodOptions } = await import('../options/method-options.js');
    const { benchReport } = await import('../terminal/bench-report.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const { thisCommand } = await import('../terminal/this-command.js');

    const { results, out, lr, epochs, ...settings } = options;
    const lookUp = async () => {
      const suite = await bench.openSuite(options.suite, { root: options.root });
      const methods = options.methods.flatMap(one => (one === 'all' ? searchable : [one]));
      const chosen = await bench.chooseMethods(await withMethodOptions(methods, options.set, context));
      const fixed = chosen.methods.find(method => !isSearchable(method));
      if (fixed) throw new Error(`${fixed.id} has no settings to search here; leave it out.`);
      const tasks = bench.chooseTasks(suite, options.tasks);
      checkModel(suite, options.model);
      const described = options.descriptions === undefined ? undefined : await readDescriptions(options.descriptions);
      if (described) checkTakesDescriptions(chosen.methods, described);
      return { suite, tasks, described, ...chosen };
    };
    const opened = await lookUp().catch(usage);
    await useDevice(options);
    const clip = await loadModel(options.model, options.modelConfig);
    await interruptible((signal, report) => lockFile(out, () => work(signal, report), { doing: 'dgprompt search' }), {
      interrupted: `Interrupted. Finished runs are kept in ${results}; run the command again to resume.`,
      end: () => clip.dispose(),
    });
    async function work(signal: AbortSignal, report: Reporter): Promise<void> {
      await checkWritable(dirname(resolve(out)));
      const onEvent = benchReport(report);
      const given = { ...settings, ...opened, clip, results, factors: { lr, epochs }, onEvent, signal };
      const result = await bench.search(given);
      const all = await withEarlier(`${out}.json`, result);
      await mkdir(dirname(out), { recursive: true });
      await writeFileAtomic(`${out}.json`, `${JSON.stringify(all, null, 2)}\n`);
      await writeFileAtomic(`${out}.md`, `${searchMarkdown(all)}\n\n${madeBy(thisCommand())}\n`);
      for (const [id, { chosen, tried }] of Object.entries(result.methods)) {
        const { base, H } = tried.find(one => one.options === chosen)!;
        const score = H === undefined ? `base ${base.toFixed(1)}` : `H ${H.toFixed(1)}`;
        process.stdout.write(`${pc.bold(methodTitle(id).padEnd(10))} ${score}  ${chosen}\n`);
      }
      const said = printable(out, 4000);
      process.stdout.write(pc.dim(`${said}.json, for \`dgprompt bench --settings\`, and ${said}.md\n`));
    }
  },
});
