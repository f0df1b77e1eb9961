import { Command } from 'commander';

/** `dgprompt measure`: one measurement of `dgprompt speed`, in a process of its own. */
export function measureCommand(): Command {
  const command = new Command('measure')
    .summary('make one measurement')
    .description('Make one measurement of `dgprompt speed`, which calls this.')
    .argument('<json>', 'what to measure');
  return command.action(async (json: string) => {
    const { measureRow } = await import('./speed/measure-row.js');
    await measureRow(json);
  });
}
