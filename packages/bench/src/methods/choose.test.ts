import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ablations, chooseMethods } from './choose.js';
import { methodTitle } from './title.js';

const ids = async (...names: string[]) => (await chooseMethods(names)).methods.map(({ id }) => id);

test('methods by id, variant, options and group', async () => {
  expect(await ids('clip', 'coop:csc', 'maple:lr=1e+2+depth=3')).toEqual(['clip', 'coop:csc', 'maple:lr=1e+2+depth=3']);
  expect(await ids('dgprompt', 'ablations')).toEqual(['dgprompt', ...ablations]);
  expect(ablations[0]).toBe('dgprompt:no-image');
  await expect(ids('maple:depht=3')).rejects.toThrow(/Unknown option of maple "depht"\. Did you mean "depth"\?/);
});

test('a module’s methods have variants, options, ablations and a title as well', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-choose-')), 'mine.mjs');
  const definition = `{ name: 'mine', title: 'My Method', options: { pull: 1 }, variants: { free: { pull: 0 } },
    ablations: ['free'], recipe: () => ({ lr: 1, epochs: 1, batch: 1 }) }`;
  await writeFile(file, `export const mine = Object.assign(() => {}, { id: 'mine', definition: ${definition} });`);
  expect(await ids(file, `${file}:ablations`, `${file}:pull=3`)).toEqual(['mine', 'mine:free', 'mine:pull=3']);
  const { methods, code } = await chooseMethods([`${file}:free`], new Map([['mine', 'lr=0.5']]));
  const task = { protocol: 'few-shot', shots: 1, dataset: '', templates: [] } as const;
  expect(methods[0]!.definition.recipe({ ...task, templates: [] })).toEqual({ lr: 0.5, epochs: 1, batch: 1, pull: 0 });
  expect(code.get('mine:free')).toMatch(/^[0-9a-f]{64}$/);
  expect(methodTitle('mine:free')).toBe('My Method:free');
});
