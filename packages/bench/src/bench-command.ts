import { Command, Option } from 'commander';
import {
  addComputeOptions,
  addSuiteOptions,
  type ComputeOptions,
  names,
  type SuiteCommandOptions,
  seeds,
  wholeNumber,
} from './options.js';

/** What `dgprompt bench` is given. */
export interface BenchCommandOptions extends ComputeOptions, SuiteCommandOptions {
  methods: string[];
  shots: number;
  seeds: number[];
  epochs?: number;
  validate?: true;
  /** File that `dgprompt search` wrote. */
  settings?: string;
  results: string;
  out?: string;
  json?: true;
}

/** `dgprompt bench`: train on base classes, test on base and new ones, and print the table. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .summary('compare methods, base-to-new')
    .description('Train methods on base classes, test on base and new ones, print the table.');
  addSuiteOptions(command)
    .addOption(
      new Option('--methods <names>', 'all, a:depth=3,./b.ts')
        .argParser(names)
        .default(['clip', 'coop', 'maple', 'dgprompt'], 'clip,coop,maple,dgprompt'),
    )
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seeds <numbers>', 'as 1,2,3').argParser(seeds).default([1], '1'))
    .option('--epochs <n>', "instead of each method's published number", wholeNumber(1, 100_000))
    .option('--settings <file>', 'numbers that `dgprompt search` chose')
    .option('--validate', 'test on base validation images after every epoch')
    .option('--results <folder>', 'where the records are', 'results')
    .option('--out <file>', 'write the table as Markdown, too')
    .option('--json', 'print JSON and nothing else');
  addComputeOptions(command);
  return command.action(async () => {
    const { runBench } = await import('./run-bench.js'); // only now: what computes takes a while to load
    await runBench(command.opts<BenchCommandOptions>(), command);
  });
}
