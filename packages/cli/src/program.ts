import { createRequire } from 'node:module';
import { printable } from '@dgprompt/io';
import { Command, CommanderError } from 'commander';
import { buildCommands } from './build-commands.js';
import { commands, hiddenCommands } from './commands/all.js';
import { readCheckedConfig } from './config/config-file.js';
import { exitCodesText } from './exit-codes.js';
import { helpEnding, helpLayout } from './options/help-text.js';
import { sharedOptions } from './options/table.js';
import { sayWhereNodesRan } from './terminal/device-line.js';
import { guardStream } from './terminal/safe-output.js';
import { UsageError } from './usage-error.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const examples = [
  'bench --tasks mammals           CLIP, CoOp, MaPLe, DGPrompt on a task',
  'bench --methods clip,coop --seeds 1,2,3 --out table.md',
  'train ./flowers --out ./classifier',
  'predict ./classifier photo.jpg',
];

const notes = `Finished runs are kept: stop with Ctrl-C, run the command again to resume.
Exit codes: ${exitCodesText}.`;

/**
 * Runs the `dgprompt` command.
 *
 * @param argv as `process.argv`
 * @returns one of `exitCodes`
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.exitCode = undefined;
  const unguard = [process.stdout, process.stderr].map(stream => guardStream(stream));
  try {
    await makeProgram().parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has already printed it
    const isUsage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isUsage ? 'error' : 'dgprompt'}: ${printable(message, Number.POSITIVE_INFINITY)}\n`);
    if (isUsage && error.note !== undefined) process.stderr.write(`${printable(error.note)}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return isUsage ? 2 : 1;
  } finally {
    for (const off of unguard.reverse()) off();
  }
}

/** The program with all its commands. */
export function makeProgram(): Command {
  const program = new Command('dgprompt')
    .description('Prompt learning on frozen CLIP: train, test, and compare methods as papers do.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option('--config <file>', 'default: dgprompt.config.ts, .js, .mjs or .json here')
    .configureHelp({ ...helpLayout, subcommandTerm: command => command.name() })
    .addHelpText('after', ({ command }) => helpEnding(command, examples, notes));
  buildCommands(program, commands, sharedOptions, {
    config: () => readCheckedConfig(commands, sharedOptions, program.opts<{ config?: string }>().config),
    done: sayWhereNodesRan,
  });
  buildCommands(program, hiddenCommands, {}, { config: async () => ({ content: {} }), hidden: true });
  for (const command of everyCommand(program))
    command.exitOverride().showSuggestionAfterError().configureOutput({ writeErr });
  return program;
}

/** Escapes errors, which contain user input; they have no colours of their own. */
const writeErr = (text: string): void => {
  process.stderr.write(text.replace(/[^\n]+/g, line => printable(line, Number.POSITIVE_INFINITY)));
};

/** A command and all its descendants. */
const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
