import { Command } from 'commander';
import { rootOption } from '../options.js';
import { examples } from '../terminal/examples.js';

export interface RepeatOptions {
  suite?: string;
  root?: string;
  method?: string;
  protocol?: string;
  model?: string;
  json?: true;
}

/** `dgprompt repeat`: a run again, with exactly its config; is the result the same, bit for bit? */
export function repeatCommand(): Command {
  const command = new Command('repeat')
    .summary('a run again: is it bit-identical?')
    .description('Do a finished run again from its record, and say whether the result is the same, bit for bit.')
    .argument('<record>', "a run's folder, or the record.json in it")
    .option('--suite <name>', "where the record's suite is a folder")
    .addOption(rootOption())
    .option('--method <file>', "where the record's method is your own")
    .option('--protocol <file>', "where the record's protocol is your own")
    .option('--model <path>', "where the record's CLIP is not the mini-CLIP")
    .option('--json', 'print JSON and nothing else')
    .addHelpText(
      'after',
      examples(
        'repeat results/base-to-new_…_maple_16-shots_seed-1_0123456789ab',
        'repeat results/…/record.json --method ./my-method.ts',
      ),
    );
  return command.action(async (record: string) => {
    const { runRepeat } = await import('./run-repeat.js');
    await runRepeat(record, command.opts<RepeatOptions>());
  });
}
