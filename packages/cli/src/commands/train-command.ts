import { Command, Option } from 'commander';
import {
  addComputeOptions,
  type ComputeOptions,
  cacheFeaturesOption,
  oneOf,
  type PrecisionChoice,
  positive,
  precisionOption,
  wholeNumber,
} from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt train` is given. */
export interface TrainCommandOptions extends ComputeOptions, PrecisionChoice {
  out: string;
  method: string;
  shots?: number;
  epochs?: number;
  lr?: number;
  batch?: number;
  seed: number;
  template: string;
  augment: Augment;
  cacheFeatures?: number | true;
  json?: true;
}

const augments = ['full', 'crop', 'none'] as const;
export type Augment = (typeof augments)[number];

/** `dgprompt train`: from a folder of images to a classifier's folder. */
export function trainCommand(): Command {
  const command = new Command('train')
    .summary('a classifier for images of your own')
    .description('Train a classifier on a folder with one folder of images per class.')
    .addHelpText(
      'after',
      examples('train ./flowers --out ./classifier', 'train ./flowers --out ./classifier --method maple --shots 16'),
    )
    .argument('<folder>', 'the images; train, val and test inside are used as they are')
    .requiredOption('--out <folder>', 'for the classifier; run again, it goes on after Ctrl-C')
    .option('--method <name>', 'as maple or coop:csc', 'dgprompt')
    .option('--shots <k>', 'training images a class (default: all)', wholeNumber(1, 100_000))
    .option('--epochs <n>', "instead of the method's published number", wholeNumber(1, 100_000))
    .option('--lr <x>', 'learning rate, likewise', positive)
    .option('--batch <n>', 'images a step, likewise', wholeNumber(1, 4096))
    .addOption(new Option('--seed <n>', 'of split and training').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1))
    .option('--template <text>', 'hand-written prompt', 'a photo of a {}.')
    .addOption(new Option('--augment <how>', 'full, crop, none').argParser(oneOf('augment', augments)).default('full'))
    .addOption(cacheFeaturesOption())
    .option('--json', 'print what run.json says of it and nothing else');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async (folder: string) => {
    const { runTrain } = await import('./run-train.js');
    await runTrain(folder, command.opts<TrainCommandOptions>(), command);
  });
}
