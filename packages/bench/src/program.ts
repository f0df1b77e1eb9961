import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { benchCommand } from './bench-command.js';
import { dataCommand } from './data-command.js';
import { doctorCommand } from './doctor-command.js';
import { evaluateCommand } from './evaluate-command.js';
import { exportCommand } from './export-command.js';
import { importCommand } from './import-command.js';
import { interpretCommand } from './interpret-command.js';
import { modelsCommand } from './models-command.js';
import { predictCommand } from './predict-command.js';
import { repeatCommand } from './repeat-command.js';
import { searchCommand } from './search-command.js';
import { statusCommand } from './status-command.js';
import { tableCommand } from './table-command.js';
import { trainCommand } from './train-command.js';
import { verifyCommand } from './verify-command.js';
import { workCommand } from './work-command.js';
import { zeroShotCommand } from './zero-shot-command.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const examples = `
Examples:
  dgprompt bench --tasks mammals           CLIP, CoOp, MaPLe, DGPrompt on a task
  dgprompt bench --methods clip,coop --seeds 1,2,3 --out table.md
  dgprompt train ./flowers --out ./classifier
  dgprompt predict ./classifier photo.jpg

Finished runs are kept: stop with Ctrl-C, and the same command goes on.`;

/**
 * Run the `dgprompt` command.
 *
 * @param argv as `process.argv`
 * @returns the exit code: 0, 1 for a failure, 2 for a command line that cannot be understood, 130 after Ctrl-C
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.exitCode = undefined;
  const program = new Command('dgprompt')
    .description('Prompt learning on frozen CLIP: train, test, and compare methods as papers do.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: command => command.name() })
    .addHelpText('after', examples);
  const commands = [
    ...[benchCommand, statusCommand, tableCommand, repeatCommand, searchCommand, zeroShotCommand, dataCommand],
    ...[importCommand, interpretCommand, modelsCommand, verifyCommand, doctorCommand],
    ...[trainCommand, predictCommand, evaluateCommand, exportCommand],
  ];
  for (const command of commands.map(make => make())) program.addCommand(command);
  program.addCommand(workCommand(), { hidden: true });
  for (const command of everyCommand(program)) command.exitOverride().showSuggestionAfterError();
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`dgprompt: ${error instanceof Error ? error.message : error}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** A command and all commands below it. */
const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
