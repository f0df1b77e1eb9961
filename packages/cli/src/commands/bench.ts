import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { BenchOptions, BenchResult } from '@dgprompt/bench';
import type { Opened } from '@dgprompt/bench/runs';
import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import type { Executor } from '../executors/executor.js';
import { defineCommand } from '../options/command.js';
import { flag, list, names, option, seed, text, type Values, wholeNumber } from '../options/option.js';
import {
  cacheFeaturesOption,
  computeOptions,
  dataOptions,
  descriptionsOption,
  imageOptions,
  jsonOption,
  keepOptions,
  resultsOption,
  setOption,
  tableFile,
  timesOption,
  viewsOption,
} from '../options/table.js';
import { quotedPath, sameCommand, thisCommand } from '../terminal/this-command.js';
import { usage } from '../usage-error.js';

const options = {
  ...dataOptions,
  ...imageOptions,
  protocol: option('--protocol <name>', 'also: few-shot, …, ./file.ts', text.default('base-to-new')),
  source: option('--source <names>', 'tasks that transfer protocols train on', names.optional()),
  methods: option('--methods <names>', 'all, a:lr=1,./b.ts (default: clip,coop,maple,dgprompt)', names.optional()),
  ...setOption,
  shots: option(
    '--shots <numbers>',
    "training images per class (default: the protocol's)",
    list(wholeNumber(0, 100_000), 'a whole number from 0 to 100000').optional(),
  ),
  seeds: option('--seeds <numbers>', 'e.g. 1,2,3', list(seed, 'a whole number from 0 to 2147483647').default([1]), {
    defaultText: '1',
  }),
  epochs: option('--epochs <n>', "instead of each method's published number", wholeNumber(1, 100_000).optional()),
  settings: option('--settings <file>', 'settings from `dgprompt search`; or: recommended', text.optional()),
  ...descriptionsOption,
  ...cacheFeaturesOption,
  ...keepOptions,
  ...viewsOption,
  validate: option('--validate', 'test on validation images after every epoch', flag),
  ...resultsOption,
  workers: option('--workers <n>', 'runs at a time, each in its own process', wholeNumber(1, 256).default(1)),
  executor: option('--executor <name>', 'local, slurm, ./file.ts', text.default('local')),
  slurm: option('--slurm <options>', 'for sbatch: "--partition=gpu --time=2:00:00"', text.optional()),
  dryRun: option('--dry-run', 'list the runs, with an estimate of time and memory', flag),
  retryFailed: option('--retry-failed', 'retry runs that failed', flag),
  out: option('--out <file>', 'also write the table to .md, .tex, .csv or .json', tableFile.optional()),
  ...timesOption,
  profile: option('--profile <folder>', 'write kernel timings and traces of a few steps there', text.optional()),
  json: { ...jsonOption.json, help: 'print JSON, and progress as JSON lines on stderr' },
  ...computeOptions,
};

type Options = Values<typeof options>;

/** `dgprompt bench`: trains methods, tests them under a protocol, and prints the table. */
export const bench = defineCommand({
  summary: 'compare methods as the papers do',
  description: 'Train methods, test them by a protocol of the papers, print the table.',
  examples: ['bench --tasks mammals,weather --methods maple,./my-method.ts'],
  options,
  async action(options, _, context) {
    const bench = await import('@dgprompt/bench');
    const { openSettings, plannedCount } = await import('@dgprompt/bench/runs');
    const { useDevice } = await import('@dgprompt/engine');
    const { profileSessions } = await import('@dgprompt/engine/profile');
    const { sayInt8Warning } = await import('../doctor/int8-warning.js');
    const { runnerOf } = await import('../executors/context.js');
    const { openExecutor } = await import('../executors/open.js');
    const { checkTrainingOptions } = await import('../options/idle-options.js');
    const { withMethodOptions, withoutGiven } = await import('../options/method-options.js');
    const { benchReport } = await import('../terminal/bench-report.js');
    const { checkOutput } = await import('../terminal/check-output.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const { jsonReporter, reporter } = await import('../terminal/reporter.js');

    const {
      workers,
      slurm,
      dryRun,
      retryFailed,
      out,
      times,
      profile,
      json,
      executor: executorName,
      set,
      ...asked
    } = options;
    const report = json ? jsonReporter() : reporter();
    const lookUp = async () => {
      if (profile !== undefined && (workers > 1 || executorName !== 'local'))
        throw new Error('--profile works only in this process; leave out --workers and --executor.');
      if (slurm !== undefined && executorName !== 'slurm')
        throw new Error('--slurm has options for sbatch; it needs --executor slurm.');
      const executor = await openExecutor(executorName);
      const { protocol } = await bench.openProtocol(options.protocol);
      const fileOptions = withoutGiven(context, { epochs: options.epochs });
      const methods = await withMethodOptions(asked.methods ?? protocol.methods, set, fileOptions);
      const settings = { ...asked, methods, threads: threadsFor(options) };
      await executor.check?.(settings, { workers, slurm });
      return { executor, settings, opened: await openSettings(settings) };
    };
    const { executor, settings, opened } = await lookUp().catch(usage);
    // Planning for another machine needs no GPU here.
    await useDevice(executorName === 'local' ? settings : { ...settings, device: undefined, precision: undefined });
    await checkOutput(out);
    const clip = await loadModel(settings.model, settings.modelConfig);
    const { recipe, shots } = opened.protocol;
    checkTrainingOptions(opened.methods, clip, { recipe, shots: settings.shots ?? shots }, settings);
    const started = performance.now();
    await interruptible(
      async signal => {
        const severalShots = (settings.shots ?? opened.protocol.shots).length > 1;
        const show = benchReport(report, severalShots);
        let waiting = 0; // including those that cannot be prepared
        const used = { clip, compute: settings, report };
        const given: BenchOptions = {
          ...settings,
          ...opened,
          clip,
          retryFailed,
          onEvent(event) {
            if (event.type === 'planned') waiting = event.waiting.length + event.failed;
            show(event);
          },
          signal,
          async runner(runs, events, given) {
            const isHere = runs.length > 0 && executorName === 'local';
            if (isHere) await sayInt8Warning(used, () => opened.suite.load(runs[0]!.task, { signal }));
            await runnerOf(executor, settings, { workers, slurm })(runs, events, given);
          },
        };
        const planned = plannedCount(given);
        for (const line of await heading(opened, planned, executor, { ...options, threads: settings.threads }))
          report.line(line);
        if (dryRun) {
          const { listRuns } = await import('../executors/dry-run.js');
          return listRuns(given, { json, workers, report });
        }
        profileSessions(profile === undefined ? undefined : { folder: profile });
        const outcome = await bench.bench(given);
        report.stop();
        report.line('');
        await showOutcome(outcome, options, (performance.now() - started) / 1000);
        conclude(outcome, settings.results, planned);
        checkDone(outcome, waiting, executor);
      },
      { interrupted: 'Interrupted.', report, end: () => clip.dispose() },
    );
  },
});

/** Several processes share the cores unless `--threads` is given; the number is part of every run's config. */
const threadsFor = ({ threads, workers }: Options): number =>
  workers > 1 && threads === 0 ? Math.max(1, Math.floor(availableParallelism() / workers)) : threads;

async function heading(
  opened: Opened,
  planned: number,
  { name: by, title = by }: Executor,
  options: Options,
): Promise<string[]> {
  const { methodTitle } = await import('@dgprompt/bench/methods');
  const { suite, protocol, tasks, sources, methods } = opened;
  const trained = [...new Set(protocol.experiments(suite, tasks, sources).map(({ train }) => train))];
  const { seeds, device, threads, precision, workers, views, shots = protocol.shots } = options;
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  const inPrecision = precision === 'fp32' ? '' : `, ${precision}`;
  const where =
    device === 'cpu'
      ? `cpu${inPrecision}, ${threads === 0 ? 'one thread per core' : `threads: ${threads}`}`
      : `${device}${inPrecision}`;
  const name = `${protocol.name[0]!.toUpperCase()}${protocol.name.slice(1)}`;
  const data = protocol.hasSource
    ? `from ${printable(trained.join(', '))}`
    : `${trained.length} task${trained.length > 1 ? 's' : ''}`;
  const at = options.executor !== 'local' ? `, by ${title}` : workers > 1 ? `, ${workers} at a time` : '';
  return [
    pc.bold(`${printable(`${name} on ${suite.name}`)}: ${methods.map(({ id }) => methodTitle(id)).join(', ')}`),
    `  ${data}, ${shots.join(', ')} shots, ${seedText}${views > 1 ? `, ${views} views` : ''}: ${planned} runs on ${where}${at}`,
  ];
}

/** Prints the tables, or how to follow runs that were handed over. */
async function showOutcome(outcome: BenchResult, options: Options, seconds: number): Promise<void> {
  const { records, found, handedOver, stopped } = outcome;
  const { results, out, times, json, profile } = options;
  if (handedOver > 0 && !json) {
    const runs = handedOver === 1 ? 'One run is' : `${handedOver} runs are`;
    const follow = `dgprompt status --results ${quotedPath(resolve(results))}`;
    process.stdout.write(
      `${runs} submitted. Run the same command when all are done to print the table. To see their progress:\n  ${follow}\n`,
    );
    return;
  }
  const { comparable } = await import('@dgprompt/bench');
  const { showTables } = await import('../terminal/show-tables.js');
  const failed = outcome.failed.map(({ error, ...failure }) => ({ ...failure, error: error.message }));
  await showTables(comparable(records), {
    results,
    out,
    json,
    times,
    command: thisCommand(),
    seconds: records.length > found ? seconds : undefined,
    more: { failed, handedOver, stopped },
  });
  if (profile === undefined) return;
  const { readProfiles } = await import('@dgprompt/engine/profile');
  const { profileText } = await import('../terminal/profile-text.js');
  process.stderr.write(`\n${profileText(readProfiles(profile))}\n`);
  const { int8Coverage, int8Text } = await import('@dgprompt/engine/devices');
  const covered = int8Text(int8Coverage());
  if (covered !== undefined) process.stderr.write(`${covered}\n`);
}

/** Reports an interruption or failures on stderr, and sets the exit code. */
function conclude({ records, failed, stopped }: BenchResult, results: string, planned: number): void {
  if (stopped) {
    const kept = `${records.length} of ${planned} runs are finished and kept in ${printable(results, 4000)}`;
    process.stderr.write(`Interrupted. ${kept}; run the same command to resume${sameCommand()}\n`);
    process.exitCode = 130;
  } else if (failed.length > 0) {
    const again = `add --retry-failed to retry ${failed.length === 1 ? 'it' : 'them'}`;
    process.stderr.write(`${failed.length} of ${planned} runs failed (see above); ${again}${sameCommand()}\n`);
    process.exitCode = 1;
  }
}

/** Reports an executor that returned without accounting for some of its runs. */
function checkDone(outcome: BenchResult, waiting: number, { name }: Executor): void {
  const { records, found, failed, handedOver, stopped } = outcome;
  const left = waiting - (records.length - found) - failed.length - handedOver;
  if (stopped || left <= 0) return;
  const runs = left === 1 ? 'one run' : `${left} runs`;
  process.stderr.write(
    `The executor ${name} returned, and ${runs} had neither finished nor failed nor been handed over; its function run must report every run.\n`,
  );
  process.exitCode = 1;
}
