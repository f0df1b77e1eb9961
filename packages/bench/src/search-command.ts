import { Command, InvalidArgumentError, Option } from 'commander';
import { addComputeOptions, type ComputeOptions, names, oneOf, rootOption, wholeNumber } from './options.js';

/** What `dgprompt search` is given. */
export interface SearchCommandOptions extends ComputeOptions {
  suite: string;
  /** The folder that holds the published datasets' folders. */
  root?: string;
  tasks?: string[];
  methods: string[];
  shots: number;
  seed: number;
  lr: number[];
  epochs: number[];
  rule: 'best' | 'careful';
  results: string;
  out: string;
}

/** `dgprompt search`: choose hyper-parameters on validation images of base classes, once for all tasks. */
export function searchCommand(): Command {
  const command = new Command('search')
    .summary('choose settings on validation images')
    .description('Choose settings on validation images of base classes, once for all tasks.')
    .addOption(new Option('--suite <name>', 'also: paper, a dataset, a folder').default('pictograms'))
    .addOption(rootOption())
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .addOption(new Option('--methods <names>', 'as a,b,./mine.ts').argParser(names).default(['all'], 'all'))
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seed <n>', 'of the few-shot sample').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1))
    .addOption(
      new Option('--lr <factors>', 'on published rates').argParser(factors).default([0.5, 1, 2, 4], '0.5,1,2,4'),
    )
    .addOption(new Option('--epochs <factors>', 'on published epochs').argParser(factors).default([1, 2], '1,2'))
    .addOption(
      new Option('--rule <name>', 'best, or careful within an error')
        .argParser(oneOf('rule', ['best', 'careful']))
        .default('best'),
    )
    .option('--results <folder>', 'where the records are', 'results/search')
    .option('--out <name>', 'writes <name>.json and <name>.md', 'search');
  addComputeOptions(command);
  return command.action(async () => {
    const { runSearch } = await import('./run-search.js');
    await runSearch(command.opts<SearchCommandOptions>(), command);
  });
}

function factors(value: string): number[] {
  const numbers = names(value).map(Number);
  if (numbers.some(x => !(x > 0) || !Number.isFinite(x))) throw new InvalidArgumentError('It must be numbers above 0.');
  return numbers.sort((a, b) => a - b);
}
