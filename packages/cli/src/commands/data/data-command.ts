import { Command, Option } from 'commander';
import { rootOption, wholeNumber } from '../../options.js';
import { examples } from '../../terminal/examples.js';

/** What `dgprompt data` commands that look at files are given. */
export interface DataOptions {
  /** The folder that holds the datasets' folders. */
  root?: string;
}

/** What `dgprompt data prepare` is given. */
export interface PrepareCommandOptions extends DataOptions {
  from?: string[];
}

/** What `dgprompt data sample` is given. */
export interface SampleOptions {
  split: string;
  shots: number;
  seed: number;
}

/** What `dgprompt data show` is given. */
export interface ShowOptions extends DataOptions {
  shots: number;
  seed: number;
  classes: number;
  out?: string;
}

/** `dgprompt data`: the published datasets and folders of one's own, listed, checked, shown and sampled. */
export function dataCommand(): Command {
  const command = new Command('data')
    .summary('the published datasets')
    .description('The published datasets: list, prepare, check, show, sample.')
    .addHelpText(
      'after',
      examples('data list --root ~/data', 'data prepare eurosat --root ~/data', 'data check folder:./flowers'),
    );
  for (const inner of [listCommand(), prepareCommand(), checkCommand(), showCommand(), sampleCommand()])
    command.addCommand(inner);
  return command;
}

const shotsOption = (shots: number) =>
  new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(shots);
const seedOption = () =>
  new Option('--seed <s>', 'the papers use 1, 2, 3').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1);
const nameHelp = 'a dataset, or folder:PATH';

function listCommand(): Command {
  const command = new Command('list')
    .description('List the published datasets: where they would be, whether they are there, what is known of them.')
    .addHelpText('after', examples('data list --root ~/data', 'data list --json'))
    .addOption(rootOption())
    .option('--json', 'print JSON and nothing else');
  return command.action(async () => {
    const { runDataList } = await import('./run-data-list.js');
    await runDataList(command.opts<DataOptions & { json?: true }>());
  });
}

function prepareCommand(): Command {
  const command = new Command('prepare')
    .description('Get a published dataset: download, check, unpack, lay out. The same command goes on after a cut.')
    .addHelpText(
      'after',
      examples('data prepare eurosat --root ~/data', 'data prepare dtd --root ~/data --from dtd-r1.0.1.tar.gz'),
    )
    .argument('<name>', 'a dataset, see dgprompt data list')
    .addOption(rootOption())
    .option('--from <files...>', 'archives and lists that are on disk, instead of downloads');
  return command.action(async (name: string) => {
    const { runDataPrepare } = await import('./run-data-prepare.js');
    await runDataPrepare(name, command.opts<PrepareCommandOptions>());
  });
}

function checkCommand(): Command {
  const command = new Command('check')
    .description('Check that every image of a dataset is there and decodes, and that counts are the published ones.')
    .addHelpText('after', examples('data check eurosat --root ~/data', 'data check folder:./flowers --json'))
    .argument('<name>', nameHelp)
    .addOption(rootOption())
    .option('--json', 'print JSON and nothing else');
  return command.action(async (name: string) => {
    const { runDataCheck } = await import('./run-data-check.js');
    await runDataCheck(name, command.opts<DataOptions & { json?: true }>());
  });
}

function showCommand(): Command {
  const command = new Command('show')
    .description("Draw a dataset's few-shot set as a contact sheet (PNG), base and new classes marked.")
    .addHelpText(
      'after',
      examples('data show eurosat --root ~/data', 'data show folder:./flowers --shots 2 --out flowers.png'),
    )
    .argument('<name>', nameHelp)
    .addOption(rootOption())
    .addOption(shotsOption(4))
    .addOption(seedOption())
    .addOption(
      new Option('--classes <n>', 'at most so many base and new classes').argParser(wholeNumber(1, 1000)).default(24),
    )
    .option('--out <file>', 'default: NAME-SHOTS-shots-seed-SEED.png');
  return command.action(async (name: string) => {
    const { runDataShow } = await import('./run-data-show.js');
    await runDataShow(name, command.opts<ShowOptions>());
  });
}

function sampleCommand(): Command {
  const command = new Command('sample')
    .description('Print the few-shot set of a split file as {"train": […], "val": […]}, as published code draws it.')
    .addHelpText('after', examples('data sample --split split_zhou_EuroSAT.json --shots 4 --seed 2'))
    .requiredOption('--split <file>', 'a split_zhou_*.json')
    .addOption(shotsOption(16))
    .addOption(seedOption());
  return command.action(async () => {
    const { runDataSample } = await import('./run-data-sample.js');
    await runDataSample(command.opts<SampleOptions>());
  });
}
