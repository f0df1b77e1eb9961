import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SearchedMethod, SearchResult } from './result.js';
import { readSettings, withEarlier } from './settings-file.js';

const found = (more: Partial<SearchedMethod> = {}): SearchedMethod => ({
  chosen: 'lr=1',
  tried: [{ options: 'lr=1', base: 50 }],
  ...more,
});
const search = (methods: SearchResult['methods'], more: Partial<SearchResult> = {}): SearchResult => ({
  ...{ format: 1, suite: 'tiny', tasks: ['dim'], shots: 2, seed: 1, model: 'a', pillow: 13 },
  ...more,
  methods,
});

/** The methods in the file of an earlier search after a search for others. */
async function merged(earlier: SearchResult, result: SearchResult): Promise<string[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-settings-')), 'search.json');
  await writeFile(file, JSON.stringify(earlier));
  return Object.keys((await withEarlier(file, result)).methods);
}

test('a search keeps the other methods of an earlier one that computed alike', async () => {
  const [coop, maple] = [{ coop: found() }, { maple: found() }];
  expect(await merged(search(coop), search(maple))).toEqual(['coop', 'maple']);
  expect(await merged(search(coop, { pillow: undefined }), search(maple))).toEqual(['maple']);
  expect(await merged(search(coop, { precision: 'int8' }), search(maple))).toEqual(['maple']);
  expect(await merged(search(coop, { precision: 'int8' }), search(maple, { precision: 'int8' }))).toHaveLength(2);
});

test('methods that read other sentences are left out, and those that read none are kept', async () => {
  const earlier = search({ coop: found(), coprompt: found({ descriptions: 'x' }) });
  expect(await merged(earlier, search({ hicropl: found({ descriptions: 'y' }) }))).toEqual(['coop', 'hicropl']);
  expect(await merged(earlier, search({ hicropl: found({ descriptions: 'x' }) }))).toHaveLength(3);
  expect(await merged(earlier, search({ maple: found() }))).toHaveLength(3);
});

test('variants of a method of the user’s own are left out if its code has changed', async () => {
  const earlier = search({ 'mine:wide': found({ code: 'x' }), other: found({ code: 'z' }) });
  expect(await merged(earlier, search({ 'mine:deep': found({ code: 'y' }) }))).toEqual(['other', 'mine:deep']);
  expect(await merged(earlier, search({ 'mine:deep': found({ code: 'x' }) }))).toHaveLength(3);
});

test('the file of a search before precision and Pillow were recorded, which used Pillow 12, is read', async () => {
  const file = fileURLToPath(new URL('../../../../docs/results/search.json', import.meta.url));
  expect((await readSettings(file)).get('coop')).toBe('lr=0.002');
});
