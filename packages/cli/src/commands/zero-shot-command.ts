import { Command } from 'commander';
import {
  addComputeOptions,
  addSuiteOptions,
  type ComputeOptions,
  type PrecisionChoice,
  precisionOption,
  type SuiteCommandOptions,
} from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt zero-shot` is given. */
export interface ZeroShotCommandOptions extends ComputeOptions, SuiteCommandOptions, PrecisionChoice {
  /** A file with prompts in place of the tasks' own. */
  templates?: string;
  json?: true;
}

/** `dgprompt zero-shot`: top-1 of hand-written prompts among all classes, per task and on average. */
export function zeroShotCommand(): Command {
  const command = new Command('zero-shot')
    .summary('test hand-written prompts')
    .description('Test a CLIP with hand-written prompts, among all classes of each task.')
    .addHelpText(
      'after',
      examples('zero-shot --tasks mammals,weather', 'zero-shot --suite eurosat --root ~/data --model ./clip-vit-b-16'),
    );
  addSuiteOptions(command)
    .option('--templates <file>', 'average over these prompts, one a line, {} for the name')
    .option('--json', 'print {"tasks": {name: percent}, "mean": percent} and nothing else');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async () => {
    const { runZeroShot } = await import('./run-zero-shot.js');
    await runZeroShot(command.opts<ZeroShotCommandOptions>(), command);
  });
}
