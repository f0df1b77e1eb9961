import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseMethods } from './choose.js';
import { nameWithFullPath } from './names.js';
import { isAblation, methodSummary, methodTitle } from './title.js';

const ids = async (...names: string[]) => (await chooseMethods(names)).methods.map(({ id }) => id);

/** A module with these exports; `made({ … })` is a method with that definition. */
async function module(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-choose-')), 'mine.mjs');
  const made = `const made = (more, id) => {
    const definition = { options: { pull: 1 }, recipe: () => ({ lr: 1, epochs: 1, batch: 1 }), ...more };
    return Object.assign(() => {}, { id: id ?? definition.name, definition });
  };`;
  await writeFile(file, `${made}\n${text}`);
  return file;
}

const parts = "variants: { free: { pull: 0 } }, ablations: ['free']";

test('methods are chosen by id, variant, options and group', async () => {
  expect(await ids('clip', 'coop:csc', 'maple:lr=1e+2+depth=3')).toEqual(['clip', 'coop:csc', 'maple:lr=1e+2+depth=3']);
  const ablations = await ids('ablations');
  expect(await ids('dgprompt', 'ablations')).toEqual(['dgprompt', ...ablations]);
  expect(await ids('dgprompt:ablations')).toEqual(ablations.filter(id => id.startsWith('dgprompt:')));
  expect(ablations).toContain('dgprompt:no-image');
  await expect(ids('maple:depht=3')).rejects.toThrow(/Unknown option of maple "depht"\. Did you mean "depth"\?/);
  await expect(ids('maple:ablations')).rejects.toThrow('maple has no ablations');
  await expect(ids('mine.ts')).rejects.toThrow('a file is named with its folder, as ./mine.ts.');
});

test('a module’s methods have variants, options, ablations, a title and a summary too', async () => {
  const about = `name: 'mine', title: 'My Method', summary: 'pulls', ${parts}`;
  const file = await module(`export const mine = made({ ${about} });`);
  expect(await ids(file, `${file}:ablations`, `${file}:pull=3`)).toEqual(['mine', 'mine:free', 'mine:pull=3']);
  const { methods, code } = await chooseMethods([`${file}:free`], new Map([['mine', 'lr=0.5']]));
  const task = { protocol: 'few-shot', shots: 1, dataset: '', templates: [] } as never;
  expect(methods[0]!.definition.recipe(task)).toEqual({ lr: 0.5, epochs: 1, batch: 1, pull: 0 });
  expect(code.get('mine:free')).toMatch(/^[0-9a-f]{64}$/);
  expect([methodTitle('mine:free'), methodSummary('mine:free')]).toEqual(['My Method:free', 'pulls']);
  expect([isAblation('mine:free'), isAblation('mine')]).toEqual([true, false]);
});

test('one of several methods of a module is named after the file', async () => {
  const file = await module(`
    export const a = made({ name: 'one', ${parts} });
    export const b = made({ name: 'two' });
    export const c = made({ name: 'two', variants: { slow: {} } }, 'two:slow');`);
  expect(await ids(file)).toEqual(['one', 'two', 'two:slow']);
  expect(await ids(`${file}:one`, `${file}:two:lr=0.1`)).toEqual(['one', 'two:lr=0.1']);
  expect(await ids(`${file}:one:free+pull=2`, `${file}:one:ablations`)).toEqual(['one:free+pull=2', 'one:free']);
  expect(await ids(`${file}:two:slow`, `${file}:two:slow+pull=2`)).toEqual(['two:slow', 'two:slow+pull=2']);
  expect(await ids(`${file}:pull=3`)).toEqual(['one:pull=3', 'two:pull=3', 'two:slow+pull=3']);
});

test('a file name is resolved to its full path, and options with slashes stay', () => {
  expect(nameWithFullPath('coop:csc')).toBe('coop:csc');
  expect(nameWithFullPath('/a/../mine.ts:one:init=a/../b')).toBe(`${join('/', 'mine.ts')}:one:init=a/../b`);
});

test.each([
  ['export const nothing = 1;', /mine\.mjs exports no method: make one with defineMethod/],
  ["export const a = made({ name: 'coop' });", /has a method named "coop", which is a built-in name/],
  ["export const a = made({ name: 'all' });", /has a method named "all", which is a built-in name/],
  [
    "export const a = made({ name: 'one' }); export const b = made({ name: 'one' });",
    /exports two methods named "one"; give each its own name\./,
  ],
  ["export const a = made({ name: 'a b' });", /a method's name is "a b"; it must be letters, digits, - and _/],
  ["export const a = made({ name: 'one', recipe: { lr: 1 } });", /recipe of one is an object; it must be a function\./],
  ["export const a = made({ name: 'one', title: 3 });", /title of one is 3; it must be text\./],
  ["export const a = made({ name: 'one', build: 'x' });", /build of one is "x"; it must be a function\./],
  ["export const a = made({ name: 'one', ablations: ['free'] });", /ablations of one has "free", which is not one of/],
  [
    "export const a = made({ name: 'one', searchStages: ['pull=2'] });",
    /searchStages of one is \["pull=2"\]; it must be/,
  ],
])('%s is an error', async (text, sentence) => {
  await expect(ids(await module(text))).rejects.toThrow(sentence);
});

test('methods with the same name in two files are an error, and a file may be named twice', async () => {
  const [one, other] = [
    await module("export const a = made({ name: 'one' });"),
    await module("export const a = made({ name: 'one' });"),
  ];
  expect(await ids(one, `${one}:pull=2`)).toEqual(['one', 'one:pull=2']);
  await expect(ids(one, other)).rejects.toThrow(/mine\.mjs and .*mine\.mjs both have a method named "one"/);
});
