import { Ajv } from 'ajv';
import { compile } from 'json-schema-to-typescript-lite';
import { expect, test } from 'vitest';
import { makeProgram } from '../program.js';
import { checkConfig } from './check-config.js';
import { configKeys, every, sharing } from './config-keys.js';
import { configSchema } from './config-schema.js';
import type { DescribedParser } from './value-schema.js';

const program = makeProgram();
const schema = configSchema(program);
const again = 'run `npm run config-schema` in packages/cli';

test('the published schema is the one of the options that the commands have', async () => {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  await expect(text, again).toMatchFileSnapshot('../../config.schema.json');
});

test('the exported type is that of the schema', async () => {
  const options = { additionalProperties: false, ignoreMinAndMaxItems: true };
  const type = await compile(schema as Parameters<typeof compile>[0], 'DgpromptConfig', options);
  const text = `// Made from the commands' options; config-schema.test.ts compares.\n${type}`;
  await expect(text, again).toMatchFileSnapshot('./config-type.ts');
});

test('every option that is parsed says which values it takes', () => {
  const options = [...configKeys(program).commands.values()].flatMap(every).flatMap(keys => [...keys.options.values()]);
  const silent = options.filter(
    ({ parseArg, argChoices }) => parseArg && !argChoices && !(parseArg as Partial<DescribedParser<unknown>>).schema,
  );
  expect(silent.map(({ flags }) => flags)).toEqual([]);
});

test('no command has the name of an option that stands at the top', () => {
  const { shared, commands } = configKeys(program);
  expect([...shared.keys()].filter(key => commands.has(key))).toEqual([]);
});

test.each([
  {},
  { $schema: './node_modules/@dgprompt/bench/config.schema.json', threads: 2, results: 'here', tasks: 'mammals' },
  { bench: { methods: ['coop', 'maple'], seeds: [1, 2, 3], validate: false }, zeroShot: { device: 'webgpu' } },
  { search: { lr: [0.5, 2] }, train: { lr: 0.01 }, data: { show: { classes: 3 }, prepare: { from: ['a.zip'] } } },
  { predict: { classes: ['a', 'b'] }, evaluate: { split: 'val' } },
  { bench: { cacheFeatures: true }, train: { cacheFeatures: 4 } },
  { bench: { cacheFeatures: -1 } },
  { bench: { cacheFeatures: '4' } },
  { seeds: [1] },
  { bench: { seeds: [-1] } },
  { bench: { seeds: [] } },
  { bench: { seeds: 1, methods: 'coop,maple' } },
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
])('the schema and the command agree on %j', content => {
  const accepts = new Ajv().compile(schema);
  let accepted = true;
  try {
    checkConfig(configKeys(program), 'file', content);
  } catch {
    accepted = false;
  }
  expect(accepts(content)).toBe(accepted);
});

test('a key at the top holds for several commands', () => {
  const { shared, commands } = configKeys(program);
  for (const option of shared.values()) expect(sharing(commands, option).length, option.flags).toBeGreaterThan(1);
});
