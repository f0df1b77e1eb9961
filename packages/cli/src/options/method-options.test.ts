import { expect, test } from 'vitest';
import { withMethodOptions, withoutGiven } from './method-options.js';

const file = { configFile: 'file', methods: { maple: { lr: 0.01, depth: 3 }, dgprompt: { guidance: { rank: 32 } } } };
const none = { methods: {} };

test('without options, names stay unchanged', async () => {
  expect(await withMethodOptions(['all', './mine.ts'], undefined, none)).toEqual(['all', './mine.ts']);
});

test('--set adds options to every variant of a method, and replaces those in the name', async () => {
  const set = ['coop.lr=0.1', 'coop.tokens=8', 'coop.lr=0.2'];
  expect(await withMethodOptions(['clip', 'coop:csc', 'coop:lr=1'], set, none)).toEqual([
    'clip',
    'coop:csc+lr=0.2+tokens=8',
    'coop:lr=0.2+tokens=8',
  ]);
});

test('the config file adds options, with dots for nested keys; those in a name and --set take precedence', async () => {
  expect(await withMethodOptions(['maple', 'maple:lr=1', 'dgprompt'], ['maple.depth=2'], file)).toEqual([
    'maple:lr=0.01+depth=2',
    'maple:lr=1+depth=2',
    'dgprompt:guidance.rank=32',
  ]);
  const lists = { methods: { dgprompt: { retention: { templates: ['a {}.', 'the {}.'] } } } };
  expect(await withMethodOptions(['dgprompt'], undefined, lists)).toEqual([
    'dgprompt:retention.templates=["a {}.","the {}."]',
  ]);
});

test('options of the command take precedence over the config file', async () => {
  const context = withoutGiven(file, { lr: 0.02, epochs: undefined });
  expect(await withMethodOptions(['maple'], undefined, context)).toEqual(['maple:depth=3']);
});

test('groups of methods are expanded', async () => {
  const names = await withMethodOptions(['all', 'ablations'], ['dgprompt.lr=0.01'], none);
  expect(names).toContain('dgprompt:lr=0.01');
  expect(names).toContain('dgprompt:flat+lr=0.01');
  expect(names).toContain('coop');
});

test.each([
  [['maple'], ['lr=1'], none, '--set lr=1 is invalid. It must be METHOD.OPTION=VALUE'],
  [['maple', 'coop'], ['mapel.lr=1'], none, '--set: Unknown method "mapel". Did you mean "maple"?'],
  [
    ['coop', 'coop:csc'],
    ['maple.lr=1'],
    none,
    '--set has options of maple, which is not one of the methods here: coop.',
  ],
  [['coop'], undefined, { configFile: 'f.json', methods: { mapel: {} } }, 'f.json: methods: Unknown method "mapel".'],
])('%j %j is an error', async (names, set, context, sentence) => {
  await expect(withMethodOptions(names, set, context)).rejects.toThrow(sentence);
});
