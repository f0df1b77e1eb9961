import { Command, Option } from 'commander';
import { addComputeOptions, type ComputeOptions, names, seeds, wholeNumber } from './options.js';

/** What `dgprompt bench` is given. */
export interface BenchCommandOptions extends ComputeOptions {
  suite: string;
  tasks?: string[];
  methods: string[];
  shots: number;
  seeds: number[];
  epochs?: number;
  results: string;
  out?: string;
  json?: true;
}

/** `dgprompt bench`: train on base classes, test on base and new ones, and print the table. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .summary('Train methods, test on base and new classes, print the table.')
    .description('Train methods on the base classes of each task, test on base and new classes, print the table.')
    .addOption(new Option('--suite <name>', 'pictograms, or a folder of tasks').default('pictograms'))
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .addOption(
      new Option('--methods <names>', 'what to compare, as a,b,./my-method.ts')
        .argParser(names)
        .default(['clip', 'coop', 'maple', 'dgprompt'], 'clip,coop,maple,dgprompt'),
    )
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seeds <numbers>', 'as 1,2,3').argParser(seeds).default([1], '1'))
    .option('--epochs <n>', "instead of each method's published number", wholeNumber(1, 100_000))
    .option('--results <folder>', 'where the records are', 'results')
    .option('--out <file>', 'write the table as Markdown, too')
    .option('--json', 'print JSON and nothing else');
  addComputeOptions(command);
  return command.action(async () => {
    const { runBench } = await import('./run-bench.js'); // only now: what computes takes a while to load
    await runBench(command.opts<BenchCommandOptions>(), command);
  });
}
