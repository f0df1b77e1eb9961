import { Option } from 'commander';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { commands, hiddenCommands } from '../commands/all.js';
import type { DgpromptConfig } from '../index.js';
import { type CommandTree, isGroup } from '../options/command.js';
import type { OptionSpec } from '../options/option.js';
import { sharedOptions } from '../options/table.js';
import { configSchema, sharing } from './schema.js';

const schema = configSchema(commands, sharedOptions);

test('the published JSON schema matches the options', async () => {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const text = `${JSON.stringify({ title: 'DgpromptConfig', ...json }, null, 2)}\n`;
  const again = 'run `npm run config-schema` in packages/cli';
  await expect(text, again).toMatchFileSnapshot('../../config.schema.json');
});

test('every key of an option is the camel-cased name of its flag', () => {
  const specs = (tree: CommandTree): [string, OptionSpec][] =>
    Object.values(tree).flatMap(one => (isGroup(one) ? specs(one.commands) : Object.entries<OptionSpec>(one.options)));
  const wrong = [...specs(commands), ...specs(hiddenCommands)].filter(
    ([key, { flags }]) => new Option(flags).attributeName() !== key,
  );
  expect(wrong).toEqual([]);
});

test('no command shares a name with a top-level option', () => {
  expect(Object.keys(sharedOptions).filter(key => key in commands)).toEqual([]);
});

test('a top-level option applies to several commands', () => {
  for (const [key, option] of Object.entries(sharedOptions))
    expect(sharing(commands, key, option).length, key).toBeGreaterThan(1);
});

const valid = [
  {},
  { $schema: './node_modules/dgprompt/config.schema.json', threads: 2, results: 'here', tasks: 'mammals' },
  { bench: { methods: ['coop', 'maple'], seeds: [1, 2, 3], validate: false }, zeroShot: { device: 'webgpu' } },
  { search: { lr: [0.5, 2] }, train: { lr: 0.01 }, data: { show: { classes: 3 }, prepare: { from: ['a.zip'] } } },
  { predict: { classes: ['a', 'b'] }, evaluate: { split: 'val' } },
  { bench: { cacheFeatures: true }, train: { cacheFeatures: 4 } },
  { bench: { seeds: 1, methods: 'coop,maple' } },
  { methods: { maple: { lr: 0.01 }, dgprompt: { guidance: { rank: 32 } } } },
] satisfies DgpromptConfig[];

test.each(valid)('%j is valid', content => {
  expect(schema.safeParse(content).success).toBe(true);
});

test.each([
  { bench: { cacheFeatures: -1 } },
  { bench: { cacheFeatures: '4' } },
  { seeds: [1] },
  { bench: { seeds: [-1] } },
  { bench: { seeds: [] } },
  { bench: { seeds: '1' } },
  { json: true },
  { work: {} },
  { bench: { methods: [''] } },
  { bench: { shots: 1.5 } },
  { bench: { shots: '16' } },
  { bench: { validate: 1 } },
  { bench: 'coop' },
  { device: 'gpu' },
  { results: 3 },
  { train: { lr: 0 } },
  { search: { lr: ['1'] } },
  { data: { shots: 3 } },
  { methods: { maple: 3 } },
])('%j is invalid', content => {
  expect(schema.safeParse(content).success).toBe(false);
});

test('the type knows every section', () => {
  expectTypeOf<DgpromptConfig['bench']>().toExtend<{ seeds?: number | number[]; validate?: boolean } | undefined>();
  expectTypeOf<NonNullable<DgpromptConfig['train']>['out']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<DgpromptConfig>().not.toHaveProperty('work');
});
