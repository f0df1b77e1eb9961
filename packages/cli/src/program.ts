import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { benchCommand } from './bench-command.js';
import { compareCommand } from './compare-command.js';
import { fromConfig, useConfig } from './config/use-config.js';
import { dataCommand } from './data-command.js';
import { sayWhereNodesRan } from './device-line.js';
import { doctorCommand } from './doctor-command.js';
import { evaluateCommand } from './evaluate-command.js';
import { exitCodesText } from './exit-codes.js';
import { exportCommand } from './export-command.js';
import { importCommand } from './import-command.js';
import { interpretCommand } from './interpret-command.js';
import { measureCommand } from './measure-command.js';
import { modelsCommand } from './models-command.js';
import { predictCommand } from './predict-command.js';
import { repeatCommand } from './repeat-command.js';
import { reportCommand } from './report-command.js';
import { searchCommand } from './search-command.js';
import { speedCommand } from './speed-command.js';
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
    ...[importCommand, interpretCommand, modelsCommand, verifyCommand, doctorCommand, speedCommand],
    ...[trainCommand, predictCommand, evaluateCommand, exportCommand],
  ];
  for (const command of commands.map(make => make())) program.addCommand(command);
  for (const command of [workCommand(), measureCommand()]) program.addCommand(command, { hidden: true });
  for (const command of everyCommand(program)) command.exitOverride().showSuggestionAfterError();
  return useConfig(program);
}

/** A command and all commands below it. */
const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
