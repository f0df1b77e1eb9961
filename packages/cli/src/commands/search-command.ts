import { Command, Option } from 'commander';
import { takes } from '../config/value-schema.js';
import {
  addComputeOptions,
  type ComputeOptions,
  listOf,
  names,
  type PrecisionChoice,
  positive,
  precisionOption,
  rootOption,
  wholeNumber,
} from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt search` is given. */
export interface SearchCommandOptions extends ComputeOptions, PrecisionChoice {
  suite: string;
  /** The folder that holds the published datasets' folders. */
  root?: string;
  tasks?: string[];
  methods: string[];
  shots: number;
  seed: number;
  lr: number[];
  epochs: number[];
  results: string;
  out: string;
}

/** `dgprompt search`: choose hyper-parameters on validation images of base classes, once for all tasks. */
export function searchCommand(): Command {
  const command = new Command('search')
    .summary('choose settings on validation images')
    .description('Choose settings on validation images of base classes, once for all tasks.')
    .addHelpText(
      'after',
      examples(
        'search --tasks mammals --methods coop,maple --lr 1,3',
        'bench --tasks mammals --methods coop,maple --settings search.json',
      ),
    )
    .addOption(new Option('--suite <name>', 'also: paper, a dataset, a folder').default('pictograms'))
    .addOption(rootOption())
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .addOption(new Option('--methods <names>', 'as a,b,./mine.ts').argParser(names).default(['all'], 'all'))
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seed <n>', 'of the few-shot sample').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1))
    .addOption(new Option('--lr <factors>', 'on published rates').argParser(factors).default([1, 3, 10], '1,3,10'))
    .addOption(
      new Option('--epochs <factors>', 'on published epochs, then').argParser(factors).default([0.5, 2], '0.5,2'),
    )
    .option('--results <folder>', 'where the records are', 'results/search')
    .option('--out <name>', 'writes <name>.json and <name>.md', 'search');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async () => {
    const { runSearch } = await import('./run-search.js');
    await runSearch(command.opts<SearchCommandOptions>(), command);
  });
}

const factors = takes(listOf(positive).schema, value => listOf(positive)(value).sort((a, b) => a - b));
