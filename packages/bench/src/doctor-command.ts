import { Command } from 'commander';

/** `dgprompt doctor`: what is installed here, and whether it works. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .summary('say what is installed and whether it works')
    .description('Say what is installed here and whether it works.')
    .option('--json', 'print JSON and nothing else');
  return command.action(async () => {
    const { runDoctor } = await import('./run-doctor.js');
    await runDoctor(command.opts<{ json?: true }>().json === true);
  });
}
