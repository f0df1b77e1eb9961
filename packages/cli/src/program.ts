import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench-command.js';
import { compareCommand } from './commands/compare-command.js';
import { dataCommand } from './commands/data/data-command.js';
import { doctorCommand } from './commands/doctor-command.js';
import { evaluateCommand } from './commands/evaluate-command.js';
import { exportCommand } from './commands/export-command.js';
import { importCommand } from './commands/import-command.js';
import { interpretCommand } from './commands/interpret-command.js';
import { modelsCommand } from './commands/models-command.js';
import { predictCommand } from './commands/predict-command.js';
import { repeatCommand } from './commands/repeat-command.js';
import { reportCommand } from './commands/report-command.js';
import { searchCommand } from './commands/search-command.js';
import { statusCommand } from './commands/status-command.js';
import { tableCommand } from './commands/table-command.js';
import { trainCommand } from './commands/train-command.js';
import { verifyCommand } from './commands/verify-command.js';
import { workCommand } from './commands/work-command.js';
import { zeroShotCommand } from './commands/zero-shot-command.js';
import { fromConfig, useConfig } from './config/use-config.js';
import { exitCodesText } from './exit-codes.js';
import { sayWhereNodesRan } from './terminal/device-line.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const examples = `
Examples:
  dgprompt bench --tasks mammals           CLIP, CoOp, MaPLe, DGPrompt on a task
  dgprompt bench --methods clip,coop --seeds 1,2,3 --out table.md
  dgprompt train ./flowers --out ./classifier
  dgprompt predict ./classifier photo.jpg

Finished runs are kept: stop with Ctrl-C, and the same command goes on.
Exit codes: ${exitCodesText}.`;

/**
 * Run the `dgprompt` command.
 *
 * @param argv as `process.argv`
 * @returns one of `exitCodes`
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.exitCode = undefined;
  const program = makeProgram();
  let running: Command | undefined;
  program.hook('preAction', (_, command) => {
    running = command;
  });
  program.hook('postAction', (_, command) => sayWhereNodesRan(command));
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) {
      const hint = running && error.exitCode !== 0 && fromConfig(running);
      if (hint) process.stderr.write(`(${hint})\n`);
      return error.exitCode === 0 ? 0 : 2;
    }
    process.stderr.write(`dgprompt: ${error instanceof Error ? error.message : error}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** The program with all its commands. */
export function makeProgram(): Command {
  const program = new Command('dgprompt')
    .description('Prompt learning on frozen CLIP: train, test, and compare methods as papers do.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: command => command.name() })
    .addHelpText('after', examples);
  const commands = [
    ...[benchCommand, statusCommand, tableCommand, compareCommand, reportCommand, repeatCommand],
    ...[searchCommand, zeroShotCommand, dataCommand],
    ...[importCommand, interpretCommand, modelsCommand, verifyCommand, doctorCommand],
    ...[trainCommand, predictCommand, evaluateCommand, exportCommand],
  ];
  for (const command of commands.map(make => make())) program.addCommand(command);
  program.addCommand(workCommand(), { hidden: true });
  for (const command of everyCommand(program)) command.exitOverride().showSuggestionAfterError();
  return useConfig(program);
}

/** A command and all commands below it. */
const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
