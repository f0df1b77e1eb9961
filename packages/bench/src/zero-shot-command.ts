import { Command } from 'commander';
import { addComputeOptions, type ComputeOptions, names } from './options.js';

/** What `dgprompt zero-shot` is given. */
export interface ZeroShotCommandOptions extends ComputeOptions {
  suite: string;
  tasks?: string[];
  json?: true;
}

/** `dgprompt zero-shot`: top-1 of hand-written prompts among all classes, per task and on average. */
export function zeroShotCommand(): Command {
  const command = new Command('zero-shot')
    .summary('Test a CLIP with hand-written prompts among all classes.')
    .description('Test a CLIP with hand-written prompts, among all classes of each task.')
    .option('--suite <name>', 'pictograms, or a folder of tasks', 'pictograms')
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .option('--json', 'print {"tasks": {name: percent}, "mean": percent} and nothing else');
  addComputeOptions(command);
  return command.action(async () => {
    const { runZeroShot } = await import('./run-zero-shot.js');
    await runZeroShot(command.opts<ZeroShotCommandOptions>(), command);
  });
}
