import { Command, Option } from 'commander';
import { wholeNumber } from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt interpret` is given. */
export interface InterpretCommandOptions {
  /** Default: the CLIP that the checkpoint names. */
  model?: string;
  top: number;
  json?: true;
}

/** `dgprompt interpret`: the words nearest to what was learned. */
export function interpretCommand(): Command {
  const command = new Command('interpret')
    .summary('the words nearest to learned context')
    .description('Print the words of the vocabulary that are nearest to each learned context vector.')
    .addHelpText('after', examples('interpret ./coop --top 5'))
    .argument('<folder>', 'a checkpoint: prompts.safetensors and run.json')
    .addOption(new Option('--top <n>', 'words for each vector').argParser(wholeNumber(1, 1000)).default(3))
    .option('--model <path>', 'the CLIP it was trained on (default: from where it was then)')
    .option('--json', 'print JSON and nothing else');
  return command.action(async (folder: string) => {
    const { runInterpret } = await import('./run-interpret.js');
    await runInterpret(folder, command.opts<InterpretCommandOptions>());
  });
}
