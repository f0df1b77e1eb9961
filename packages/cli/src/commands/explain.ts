import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@dgprompt/bench';
import type { Titled } from '../explain/explained-text.js';
import { defineCommand } from '../options/command.js';
import { names, option, reworded, text } from '../options/option.js';
import { asTrainedOptions, computeOptions, dataOptions, jsonOption, methodsFromOption } from '../options/table.js';
import type { Reporter } from '../terminal/reporter.js';
import { UsageError } from '../usage-error.js';

/** `dgprompt explain`: measures what the conditioning of methods is worth by replacing it. */
export const explain = defineCommand({
  summary: 'does the conditioning carry information?',
  description: 'Test methods again with what they are conditioned on replaced; the learned prompts stay.',
  arguments: [['<folder>', 'results of dgprompt bench, or a classifier of dgprompt train']],
  examples: [
    'explain results --methods cocoop,dgprompt',
    'explain results --out controls.md',
    'explain ./classifier --images ./flowers --out controls.svg',
  ],
  notes:
    'An image meets the guidance of another image or of a wrong class set, a class that of another class; parts are ' +
    "taken away one at a time. Results are kept in the runs' folders (explain.json), for the next call and the " +
    'report. Intervals are bootstrapped over the images of one run, or over tasks and their seeds.',
  options: {
    methods: option('--methods <names>', 'only these methods of the results', names.optional()),
    tasks: reworded(dataOptions.tasks, 'only these tasks of the results'),
    images: option('--images <folder>', 'labelled images for a classifier', text.optional()),
    suite: option('--suite <name>', "if the runs' suite is a folder", text.optional()),
    root: dataOptions.root,
    out: option(
      '--out <file>',
      'also write tables to .md, or the plot to .svg',
      text
        .regex(/\.(md|markdown|svg)$/i, { error: 'Its ending sets the format: .md for tables, .svg for the plot.' })
        .optional(),
    ),
    ...jsonOption,
    ...methodsFromOption,
    ...computeOptions,
    ...asTrainedOptions,
  },
  async action(options, [folder]) {
    const { explainedText } = await import('../explain/explained-text.js');
    const { checkOutput } = await import('../terminal/check-output.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    await checkOutput(options.out);
    const isClassifier = existsSync(join(folder, 'run.json'));
    if (!isClassifier && options.images !== undefined)
      throw new UsageError(`--images is for a classifier, and ${folder} is not one.`);
    if (isClassifier && options.images === undefined)
      throw new UsageError(`${folder} is a classifier; name labelled images for it with --images.`);
    const end = { dispose() {} };
    await interruptible(
      async (signal, report) => {
        const { found, notes } = isClassifier
          ? await ofClassifier(folder, options, { signal, report }, end)
          : await ofResults(folder, options, { signal, report }, end);
        if (options.out !== undefined) await write(options.out, found);
        if (options.json)
          process.stdout.write(
            `${JSON.stringify({ explained: found.map(({ title, explained }) => ({ title, ...explained })), notes }, null, 2)}\n`,
          );
        else process.stdout.write(`${[...found.map(explainedText), ...notes].join('\n\n')}\n`);
      },
      {
        interrupted: 'Interrupted. Explained runs are kept; run the command again to resume.',
        end: () => end.dispose(),
      },
    );
  },
});

type Options = Parameters<typeof explain.action>[0];
interface Working {
  signal: AbortSignal;
  report: Reporter;
}

async function ofClassifier(folder: string, options: Options, working: Working, end: { dispose(): void }) {
  const { explainClassifier } = await import('../explain/explain-classifier.js');
  const { openClassifier } = await import('../own-images/open-classifier.js');
  const opened = await openClassifier(folder, options);
  end.dispose = opened.dispose;
  return { found: [await explainClassifier(folder, options.images!, opened.method, working)], notes: [] };
}

async function ofResults(folder: string, options: Options, working: Working, end: { dispose(): void }) {
  const { methodTitle } = await import('@dgprompt/bench/methods');
  const { methodsOf } = await import('@dgprompt/bench/records');
  const { runName } = await import('@dgprompt/bench/runs');
  const { useDevice } = await import('@dgprompt/engine');
  const { explainResults } = await import('../explain/explain-results.js');
  const { loadModel, otherClip } = await import('../terminal/load-model.js');
  const { recordsOf } = await import('../terminal/records.js');
  const { records } = await recordsOf(folder);
  if (records.length === 0)
    throw new Error(`There are no records in ${folder}. Name the results of dgprompt bench, or a classifier.`);
  const { methods, tasks, model, modelConfig, device, threads, backend } = options;
  const chosen = records.filter(
    ({ config: { method, task } }) =>
      (methods?.some(name => name === method || name === methodTitle(method)) ?? true) &&
      (tasks?.includes(task) ?? true),
  );
  if (chosen.length === 0) {
    const known = methodsOf(records).join(', ');
    throw new UsageError(`${folder} has no runs of these methods and tasks. Its methods are ${known}.`);
  }
  await checkAsTested(chosen, options);
  await useDevice({ device, threads, backend });
  const clip = await loadModel(model, modelConfig);
  end.dispose = () => clip.dispose();
  const other = chosen.find(({ config }) => config.model !== clip.id);
  if (other) throw otherClip("The runs'", other.config.model, clip);
  const runs = chosen.map(record => ({ ...record, folder: join(folder, runName(record.config)) }));
  return explainResults(runs, clip, options, working);
}

/** @throws UsageError for a precision or a Pillow version that is not that of the runs */
async function checkAsTested(records: readonly RunRecord[], { precision, pillow }: Options): Promise<void> {
  const { computedIn } = await import('@dgprompt/bench/records');
  for (const { config } of records) {
    const own = computedIn(config);
    if ((precision ?? own.precision) === own.precision && (pillow ?? own.pillow) === own.pillow) continue;
    throw new UsageError(
      `Runs are explained as they were tested, ${config.method} on ${config.task} with --precision ${own.precision} and --pillow ${own.pillow}; leave both options (and DGPROMPT_PILLOW) out, or choose other runs.`,
    );
  }
}

async function write(file: string, found: readonly Titled[]): Promise<void> {
  const { writeOutput } = await import('../terminal/check-output.js');
  if (/\.svg$/i.test(file)) {
    const [one, ...others] = found;
    if (others.length > 0)
      throw new UsageError(`${file} holds the plot of one method; choose it with --methods, or write a report.`);
    const { explainedSvg } = await import('../explain/explained-svg.js');
    await writeOutput(file, explainedSvg(one!));
    return;
  }
  const { explainedMarkdown } = await import('../explain/explained-text.js');
  await writeOutput(file, `${found.map(explainedMarkdown).join('\n\n')}\n`);
}
