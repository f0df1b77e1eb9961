import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { useDevice } from '@dgprompt/engine';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publicFunctions } from './public-functions.js';

const functions = publicFunctions();
const folder = fileURLToPath(new URL('../../.turbo/examples', import.meta.url));

beforeAll(async () => {
  process.chdir(fileURLToPath(new URL('../../../..', import.meta.url))); // examples name files of the repository
  mkdirSync(folder, { recursive: true });
  await useDevice();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every public function has an example with its output', () => {
  const silent = functions.filter(({ examples }) => !examples.some(code => outputOf(code) !== ''));
  expect(silent.map(({ name }) => name)).toEqual([]);
});

const examples = functions.flatMap(({ name, examples }) => examples.map(code => [name, code] as const));
test.each(examples)('%s: the example prints what it says', async (name, code) => {
  const file = join(folder, `${name.replace(/[^\w]+/g, '-')}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)));
  await import(file);
  expect(squeezed(printed.join(' '))).toMatch(pattern(outputOf(code)));
});

/**
 * What an example says it prints: the comment after the end of each `console.log(…);`, and those on the lines below it.
 */
function outputOf(code: string): string {
  const output: string[] = [];
  let at: 'elsewhere' | 'call' | 'below' = 'elsewhere';
  for (const line of code.split('\n')) {
    if (at === 'below' && line.trim().startsWith('//')) {
      output.push(line.trim().slice(2));
      continue;
    }
    if (line.includes('console.log(')) at = 'call';
    else if (at === 'below') at = 'elsewhere';
    const end = at === 'call' ? /;\s*(?:\/\/(.*))?$/.exec(line) : null;
    if (!end) continue;
    if (end[1] !== undefined) output.push(end[1]);
    at = 'below';
  }
  return squeezed(output.join(' '));
}

/** Spaces and line breaks do not count. */
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** `…` matches anything. */
const pattern = (output: string): RegExp =>
  new RegExp(
    `^${output
      .split('…')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[\\s\\S]*')}$`,
  );
