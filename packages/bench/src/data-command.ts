import { Command, Option } from 'commander';
import { wholeNumber } from './options.js';

/** What `dgprompt data` commands that look at files are given. */
export interface DataOptions {
  /** The folder that holds the datasets' folders. */
  root?: string;
  json?: true;
}

/** What `dgprompt data sample` is given. */
export interface SampleOptions {
  split: string;
  shots: number;
  seed: number;
}

/** `dgprompt data`: the published datasets, listed and sampled. */
export function dataCommand(): Command {
  return new Command('data').description('The published datasets: list, sample.').addCommand(sampleCommand());
}

function sampleCommand(): Command {
  const command = new Command('sample')
    .description('Print the few-shot set of a split file as {"train": […], "val": […]}, as published code draws it.')
    .requiredOption('--split <file>', 'a split_zhou_*.json')
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seed <s>', 'the papers use 1, 2, 3').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1));
  return command.action(async () => {
    const { runDataSample } = await import('./run-data-sample.js');
    await runDataSample(command.opts<SampleOptions>());
  });
}
