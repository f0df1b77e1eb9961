import type { BenchSettings } from '@dgprompt/bench/runs';
import { Command, Option } from 'commander';
import type { ExecutorName } from '../executors/all.js';
import {
  addComputeOptions,
  addSuiteOptions,
  cacheFeaturesOption,
  names,
  oneOf,
  precisionOption,
  resultsOption,
  seeds,
  wholeNumber,
  wholeNumbers,
} from '../options.js';
import { examples } from '../terminal/examples.js';
import { tableFile } from './table-command.js';

/** What `dgprompt bench` is given. */
export interface BenchCommandOptions extends Omit<BenchSettings, 'cacheFeatures'> {
  cacheFeatures?: number | true;
  workers: number;
  executor: ExecutorName;
  /** Options of sbatch. */
  slurm?: string;
  dryRun?: true;
  retryFailed?: true;
  out?: string;
  /** Where profiles of the sessions are written. */
  profile?: string;
  json?: true;
}

/** `dgprompt bench`: train methods, test them as a protocol says, and print the table. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .summary('compare methods as the papers do')
    .description('Train methods, test them as a protocol of the papers says, print the table.')
    .addHelpText(
      'after',
      examples(
        'bench --tasks mammals,weather --seeds 1,2,3 --workers 2',
        'bench --protocol few-shot --methods maple,./my-method.ts --dry-run',
      ),
    );
  addSuiteOptions(command)
    .addOption(
      new Option(
        '--protocol <name>',
        'base-to-new, few-shot, cross-dataset, domain-generalization, ablation, zero-shot, ./file.ts',
      ).default('base-to-new'),
    )
    .option('--source <names>', 'what cross-dataset and domain-generalization train on', names)
    .addOption(
      new Option('--methods <names>', 'all, a:lr=1,./b.ts (default: clip,coop,maple,dgprompt)').argParser(names),
    )
    .addOption(
      new Option('--shots <numbers>', "training images a class (default: the protocol's)").argParser(
        wholeNumbers(0, 100_000),
      ),
    )
    .addOption(new Option('--seeds <numbers>', 'as 1,2,3').argParser(seeds).default([1], '1'))
    .option('--epochs <n>', "instead of each method's published number", wholeNumber(1, 100_000))
    .option('--settings <file>', 'numbers that `dgprompt search` chose')
    .addOption(cacheFeaturesOption())
    .option('--validate', 'test on validation images after every epoch')
    .addOption(resultsOption())
    .addOption(
      new Option('--workers <n>', 'runs at a time, in processes of their own')
        .argParser(wholeNumber(1, 256))
        .default(1),
    )
    .addOption(
      new Option('--executor <name>', 'who does the runs: local, slurm')
        .argParser(oneOf('executor', ['local', 'slurm'] satisfies ExecutorName[]))
        .default('local'),
    )
    .option('--slurm <options>', 'for sbatch: "--partition=gpu --time=2:00:00"')
    .option('--dry-run', 'list the runs, with an estimate of time and memory')
    .option('--retry-failed', 'do runs again that failed before')
    .addOption(new Option('--out <file>', 'write the table, too: .md, .tex, .csv or .json').argParser(tableFile))
    .option('--profile <folder>', 'time the kernels of a few steps, and keep traces there')
    .option('--json', 'print JSON, and progress as JSON lines on stderr');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async () => {
    const { runBench } = await import('./run-bench.js'); // only now: what computes takes a while to load
    await runBench(command.opts<BenchCommandOptions>(), command);
  });
}
