import { Command } from 'commander';
import { afterEach, expect, test } from 'vitest';
import { buildCommands } from '../build-commands.js';
import { defineCommand } from '../options/command.js';
import { flag, flagOrNumber, option, positive, text, texts } from '../options/option.js';
import { checkConfig } from './check-config.js';

const shared = {
  where: option('--where <folder>', 'shared', text.default('here')),
  draw: option('--draw', 'a switch', flag),
};

/** The options that a command of a small program gets, given a config file's content. */
async function run(content: object, ...line: string[]): Promise<Record<string, unknown>> {
  let given: Record<string, unknown> = {};
  const make = (name: string) =>
    defineCommand({
      description: name,
      examples: [],
      options: {
        ...shared,
        rate: option('--rate <x>', `of ${name}`, positive.optional(), { env: 'RATE_FOR_TEST' }),
        keep: option('--keep [n]', 'with or without a value', flagOrNumber(1, 9)),
        from: option('--from <files...>', 'a list', texts.optional()),
      },
      action: async options => {
        given = options;
      },
    });
  const secret = defineCommand({
    description: '',
    examples: [],
    options: { key: option('--key <k>', '', text.optional()) },
    action: async () => {},
  });
  const group = { summary: '', description: '', examples: [], commands: { inner: make('inner') } };
  const commands = { one: make('one'), twoWords: make('two'), group };
  const program = new Command();
  buildCommands(program, commands, shared, { config: async () => checkConfig(commands, shared, 'file', content) });
  buildCommands(program, { secret }, {}, { config: async () => ({ content: {} }), hidden: true });
  await program.parseAsync(['node', 'program', ...line]);
  return given;
}

afterEach(() => {
  delete process.env.RATE_FOR_TEST;
});

test('precedence: the command line, the environment, the file, defaults', async () => {
  const file = { where: 'file', one: { rate: 2 } };
  expect(await run({}, 'one')).toEqual({ where: 'here' });
  expect(await run(file, 'one')).toEqual({ where: 'file', rate: 2 });
  process.env.RATE_FOR_TEST = '3';
  expect(await run(file, 'one')).toEqual({ where: 'file', rate: 3 });
  expect(await run(file, 'one', '--where', 'line', '--rate', '4')).toEqual({ where: 'line', rate: 4 });
});

test('a top-level key applies to all commands with the option, a key in a section to that command', async () => {
  const file = { twoWords: { where: 'two' }, where: 'all', draw: true, group: { inner: { rate: 5, draw: false } } };
  expect(await run(file, 'one')).toEqual({ where: 'all', draw: true });
  expect(await run(file, 'two-words')).toEqual({ where: 'two', draw: true });
  expect(await run(file, 'group', 'inner')).toEqual({ where: 'all', rate: 5 });
});

test('the command line turns a switch off and replaces a list', async () => {
  const file = { one: { draw: true, from: ['a', 'b'] } };
  expect(await run(file, 'one')).toEqual({ where: 'here', draw: true, from: ['a', 'b'] });
  expect(await run(file, 'one', '--no-draw', '--from', 'c', 'd')).toEqual({ where: 'here', from: ['c', 'd'] });
});

test('an option with an optional value is on, has a value, or is off', async () => {
  const keep = async (value: unknown, ...line: string[]) => (await run({ one: { keep: value } }, 'one', ...line)).keep;
  expect(await keep(true)).toBe(0);
  expect(await keep(2)).toBe(2);
  expect(await keep(false)).toBeUndefined();
  expect(await keep(2, '--no-keep')).toBeUndefined();
  expect(await keep(2, '--keep')).toBe(0);
  expect(await keep(2, '--keep', '3')).toBe(3);
  await expect(keep('x')).rejects.toThrow('It must be a whole number from 1 to 9, or true or false.');
});

test.each([
  [{ were: 'x' }, 'file: Unknown key "were". Did you mean "where"?'],
  [{ rate: 1 }, 'file: Unknown key "rate". It belongs below a command: "one": { "rate": … }.'],
  [{ 'two-words': {} }, 'Did you mean "twoWords"?'],
  [{ secret: { key: 'k' } }, 'file: Unknown key "secret".'],
  [{ one: { rat: 1 } }, 'file: Unknown one key "rat". Did you mean "rate"? Known: where, draw, rate, keep, from.'],
  [{ group: { inner: { rat: 1 } } }, 'file: Unknown group.inner key "rat".'],
  [{ group: { iner: {} } }, 'file: Unknown group key "iner". Did you mean "inner"?'],
  [{ one: { rate: 0 } }, 'file: one.rate 0 is invalid. It must be a number above 0.'],
  [{ one: { rate: '2' } }, 'file: one.rate "2" is invalid. It must be a number above 0.'],
  [{ one: { from: [] } }, 'file: one.from [] is invalid. It must be text, or a list of one or more.'],
  [{ one: { from: ['a', 1] } }, 'file: one.from ["a",1] is invalid. It must be text, or a list'],
  [{ one: { draw: 'yes' } }, 'file: one.draw "yes" is invalid. It must be true or false.'],
  [{ where: () => 'here' }, 'file: where (a function) is invalid. It must be text.'],
  [{ one: 3 }, 'file: one 3 is invalid. It must be an object.'],
  [{ methods: { maple: 3 } }, 'file: methods.maple 3 is invalid. It must be an object of options'],
  [[1], 'file must hold an object'],
])('%j is an error with its key', async (content, sentence) => {
  await expect(run(content, 'one')).rejects.toThrow(sentence);
});
