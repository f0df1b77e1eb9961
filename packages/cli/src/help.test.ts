import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { exitCodesText } from './exit-codes.js';
import { makeProgram } from './program.js';
import { callCli } from './testing/run-cli.js';

/** Every visible command, with the words to type for it. */
function seen(command: Command, words: string[] = []): [string, Command][] {
  const help = command.createHelp();
  const inner = help.visibleCommands(command).filter(one => command.commands.includes(one));
  return [[words.join(' '), command], ...inner.flatMap(one => seen(one, [...words, one.name()]))];
}

const program = makeProgram();
const commands = seen(program);

/** The examples of a help text, split into words; text after two spaces is a remark. */
function examplesOf(help: string): string[][] {
  const lines = help.slice(help.search(/\nExamples?:\n/)).split('\n');
  return lines.filter(line => line.startsWith('  dgprompt ')).map(line => line.trim().split(/ {2,}/)[0]!.split(' '));
}

describe.each(commands)('dgprompt %s --help', words => {
  const help = async () => {
    const { code, stdout } = await callCli([...words.split(' ').filter(Boolean), '--help']);
    expect(code).toBe(0);
    return stdout.trimEnd();
  };

  test('fits on a screen', async () => {
    const lines = (await help()).split('\n');
    expect(lines.length).toBeLessThanOrEqual(45);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
  });

  test('has an example of the command, with existing options only', async () => {
    const examples = examplesOf(await help());
    expect(examples.some(example => example.join(' ').startsWith(`dgprompt ${words}`))).toBe(true);
    for (const [, ...typed] of examples) {
      const [, of] = commands.filter(([name]) => typed.join(' ').startsWith(name)).at(-1)!;
      const known = [...of.options, ...program.options].map(({ long }) => long);
      expect(known).toEqual(expect.arrayContaining(typed.filter(word => word.startsWith('--'))));
    }
  });
});

/** Help as a terminal of this width displays it. */
function helpAt(command: Command, width: number): string {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => width,
    writeOut: part => {
      text += part;
    },
  });
  command.outputHelp();
  return text.trimEnd();
}

test.each([60, 80, 140])('help fits into %i columns, and from 80 on no line is a single word', width => {
  for (const [words, command] of seen(makeProgram())) {
    const lines = helpAt(command, width).split('\n');
    const typed = /^ {2}dgprompt /; // commands are never wrapped, so that they can be copied
    expect(lines.filter(line => line.length > width && !typed.test(line))).toEqual([]);
    const ends = lines.filter((line, i) => /^ *\S+$/.test(line) && lines[i - 1] !== '' && !line.endsWith(':'));
    if (width >= 80) expect([words, ends]).toEqual([words, []]);
  }
});

test('exit codes are documented in --help and in the README', async () => {
  const { stdout } = await callCli(['--help']);
  expect(stdout).toContain(`Exit codes: ${exitCodesText}.`);
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`Exit codes: ${exitCodesText}.`);
});

/** The packages that a module loads at once, with all its imports. */
async function packagesLoadedBy(file: URL, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(file.href)) return packages;
  seen.add(file.href);
  const source = await readFile(file, 'utf8');
  for (const [, name] of source.matchAll(/^(?:import|export) (?!type )(?:[^;']*? from )?'([^']+)';/gm)) {
    if (!name!.startsWith('.')) packages.add(name!);
    else
      for (const inner of await packagesLoadedBy(new URL(name!.replace(/\.js$/, '.ts'), file), seen))
        packages.add(inner);
  }
  return packages;
}

test('--help loads only small packages: compute packages are imported when a command runs', async () => {
  const packages = await packagesLoadedBy(new URL('./main.ts', import.meta.url));
  const external = [...packages].filter(name => !name.startsWith('node:'));
  expect(external.sort()).toEqual(['@dgprompt/io', 'commander', 'picocolors', 'zod']);
});
