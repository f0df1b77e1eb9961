import { Command, Option } from 'commander';
import { examples } from './examples.js';
import { addDeviceOptions, type DeviceChoice, listOf, oneOf, wholeNumber } from './options.js';
import { type Part, parts } from './speed/jobs.js';
import { markdownFile } from './speed/markdown-file.js';

/** What `dgprompt speed` is given. */
export interface SpeedCommandOptions extends Pick<DeviceChoice, 'device' | 'threads'> {
  parts: Part[];
  repeats: number;
  photos?: string;
  out?: string;
  json?: true;
}

/** `dgprompt speed`: how fast this machine trains and tests, and in how much memory. */
export function speedCommand(): Command {
  const command = new Command('speed')
    .summary('measure training, testing and memory here')
    .description(
      'Measure how fast this machine trains and tests a ViT-B/16 (random weights), and in how\nmuch memory: ratios within this one run, each measurement in a process of its own.\nIt takes about a quarter of an hour on two cores, and 600 MB of disk meanwhile.',
    )
    .addHelpText('after', examples('speed', 'speed --parts steps,start-up --repeats 3', 'speed --out speed.md'))
    .addOption(
      new Option('--parts <names>', parts.join(', '))
        .argParser(listOf(oneOf('part', parts)))
        .default([...parts], 'all'),
    )
    .option('--repeats <n>', 'timed steps of each method; the median counts', wholeNumber(1, 1000), 7)
    .option('--photos <folder>', 'JPEG files to decode (default: made ones, 500 × 375)')
    .addOption(new Option('--out <file>', 'write the tables, too: .md').argParser(markdownFile))
    .option('--json', 'print JSON, and progress as JSON lines on stderr');
  addDeviceOptions(command);
  return command.action(async () => {
    const { runSpeed } = await import('./run-speed.js');
    await runSpeed(command.opts<SpeedCommandOptions>());
  });
}
