import { Command, Option } from 'commander';
import { expect, test, vi } from 'vitest';
import { positive } from '../options.js';
import { applyConfig } from './apply-config.js';
import { configKeys } from './config-keys.js';

const where = () => new Option('--where <folder>', 'shared').default('here');
const draw = () => new Option('--draw', 'a switch');

/** What `command` of a small program is run with, given a config file's content. */
async function run(content: object, ...line: string[]): Promise<Record<string, unknown>> {
  let given: Record<string, unknown> = {};
  const make = (name: string) => {
    const command = new Command(name)
      .addOption(where())
      .addOption(new Option('--rate <x>', `of ${name}`).argParser(positive).env('RATE_FOR_TEST'))
      .addOption(draw())
      .addOption(new Option('--keep [x]', 'with or without a value').argParser(positive))
      .option('--from <files...>', 'a list');
    return command.exitOverride().action(() => {
      given = command.opts();
    });
  };
  const group = new Command('group').addCommand(make('inner'));
  const secret = new Command('secret').option('--key <k>');
  const program = new Command().addCommand(make('one')).addCommand(make('two-words')).addCommand(group);
  program.addCommand(secret, { hidden: true });
  applyConfig(configKeys(program, [where(), draw()]), 'file', content);
  await program.parseAsync(['node', 'program', ...line]);
  return given;
}

test('the command line wins over the environment, that over the file, that over defaults', async () => {
  const file = { where: 'file', one: { rate: 2 } };
  expect(await run({}, 'one')).toEqual({ where: 'here' });
  expect(await run(file, 'one')).toEqual({ where: 'file', rate: 2 });
  vi.stubEnv('RATE_FOR_TEST', '3');
  expect(await run(file, 'one')).toEqual({ where: 'file', rate: 3 });
  expect(await run(file, 'one', '--where', 'line', '--rate', '4')).toEqual({ where: 'line', rate: 4 });
  vi.unstubAllEnvs();
});

test('a key at the top holds for all commands that share the option, one below a command for that one', async () => {
  const file = { twoWords: { where: 'two' }, where: 'all', draw: true, group: { inner: { rate: 5, draw: false } } };
  expect(await run(file, 'one')).toEqual({ where: 'all', draw: true });
  expect(await run(file, 'two-words')).toEqual({ where: 'two', draw: true });
  expect(await run(file, 'group', 'inner')).toEqual({ where: 'all', rate: 5 });
});

test('the command line takes back a switch, and puts its list in place of the file’s', async () => {
  const file = { one: { draw: true, from: ['a', 'b'] } };
  expect(await run(file, 'one')).toEqual({ where: 'here', draw: true, from: ['a', 'b'] });
  expect(await run(file, 'one', '--no-draw', '--from', 'c', 'd')).toEqual({ where: 'here', from: ['c', 'd'] });
});

test('an option whose value may be left out is on, has a value, or is taken back', async () => {
  const keep = async (value: unknown, ...line: string[]) => (await run({ one: { keep: value } }, 'one', ...line)).keep;
  expect(await keep(true)).toBe(true);
  expect(await keep(2)).toBe(2);
  expect(await keep(false)).toBeUndefined();
  expect(await keep(2, '--no-keep')).toBeUndefined();
  expect(await keep(2, '--keep')).toBe(true);
  await expect(keep('x')).rejects.toThrow('It must be true or false, or a number.');
});

test.each([
  [{ were: 'x' }, 'file: Unknown key "were". Did you mean "where"?'],
  [{ rate: 1 }, 'file: Unknown key "rate". It belongs below a command: "one": { "rate": … }.'],
  [{ 'two-words': {} }, 'Did you mean "twoWords"?'],
  [{ secret: { key: 'k' } }, 'file: Unknown key "secret".'],
  [{ one: { rat: 1 } }, 'file: Unknown one key "rat". Did you mean "rate"? Known: where, rate, draw, keep, from.'],
  [{ group: { inner: { rat: 1 } } }, 'file: Unknown group.inner key "rat".'],
  [{ one: { rate: 0 } }, 'file: one.rate 0 is invalid. It must be a number above 0.'],
  [{ one: { rate: '2' } }, 'file: one.rate "2" is invalid. It must be a number.'],
  [{ one: { from: [] } }, 'file: one.from [] is invalid. It must be text, or a list of one or more.'],
  [{ one: { from: ['a', 1] } }, 'file: one.from ["a",1] is invalid. It must be text, or a list'],
  [{ one: { draw: 'yes' } }, 'file: one.draw "yes" is invalid. It must be true or false.'],
  [{ where: () => 'here' }, 'file: where (a function) is invalid. It must be text.'],
  [{ one: 3 }, 'file: one 3 is invalid. It must be an object.'],
  [[1], 'file must hold an object'],
])('%j is an error with its key', async (content, sentence) => {
  await expect(run(content, 'one')).rejects.toThrow(sentence);
});
