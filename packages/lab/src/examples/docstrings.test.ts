import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { useDevice } from '@dgprompt/engine';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { outputPattern, saidOutput, squeezed } from '../../../../scripts/said-output.mjs';
import { publicFunctions } from './public-functions.js';

const functions = publicFunctions();
const folder = fileURLToPath(new URL('../../.turbo/examples', import.meta.url));

beforeAll(async () => {
  process.chdir(fileURLToPath(new URL('../../../..', import.meta.url))); // examples refer to files of the repository
  mkdirSync(folder, { recursive: true });
  await useDevice();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every public function has an example with its output', () => {
  const silent = functions.filter(({ examples }) => !examples.some(code => saidOutput(code) !== ''));
  expect(silent.map(({ name }) => name)).toEqual([]);
});

const examples = functions.flatMap(({ name, examples }) => examples.map(code => [name, code] as const));
test.each(examples)('%s: the example prints its documented output', async (name, code) => {
  const file = join(folder, `${name.replace(/[^\w]+/g, '-')}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)));
  await import(file);
  expect(squeezed(printed.join(' '))).toMatch(outputPattern(saidOutput(code)));
});
