import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('./own-module.ts', import.meta.url));

/** The error of loading one of these files in a separate process, where Node reads it instead of the test runner. */
async function errorOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-load-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const program = `
    const { loadModule } = await import(${JSON.stringify(module)});
    await loadModule(${JSON.stringify(`./${Object.keys(files)[0]}`)}, 'a method').catch(error => console.log(error.message));`;
  const loader = ['--import', import.meta.resolve('tsx'), '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...loader, '-e', program], { cwd: folder });
  return stdout.trim();
}

test.each<[string, Record<string, string>]>([
  [
    './a.ts does not load: Unexpected "=" (./a.ts:2:17).',
    { 'a.ts': 'export const a: number = 1;\nexport const b: = ;\n' },
  ],
  ['./a.mjs does not load: Unexpected ";" (./a.mjs:2:18).', { 'a.mjs': 'export const a = 1;\nexport const b = ;\n' }],
  ['./a.js does not load: Unexpected "}" (./a.js:3:1).', { 'a.js': 'export const a = {\n  b: 1 +\n};\n' }],
  [
    './a.ts does not load: Expected ";" but found "is" (./b.ts:2:6).',
    { 'a.ts': "import './b.ts';\n", 'b.ts': 'export {};\nThis is no code\n' },
  ],
  [
    './a.mjs does not load: Expected ";" but found "is" (./b.mjs:1:6).',
    { 'a.mjs': "import './b.mjs';\n", 'b.mjs': 'This is no code\n' },
  ],
  [
    './a.ts does not load: No matching export in "b.ts" for import "two" (./a.ts:1:10).',
    { 'a.ts': "import { two } from './b.ts';\nexport const three = two + 1;\n", 'b.ts': 'export const one = 1;' },
  ],
  ['./a.ts does not load: Could not resolve "./b.ts" (./a.ts:1:8).', { 'a.ts': "import './b.ts';\n" }],
])('%s', async (sentence, files) => {
  expect(await errorOf(files)).toBe(sentence);
});

test.each<[string, Record<string, string>]>([
  [
    './a.ts does not load: no luck (./a.ts:5:9).',
    { 'a.ts': "interface A {\n  b: 1;\n}\nfunction f(a?: A) {\n  throw new Error('no luck');\n}\nf();\nexport {};\n" },
  ],
  ['./a.mjs does not load: x is not defined (./a.mjs:2:1).', { 'a.mjs': 'export const a = 1;\nx();\n' }],
  [
    './a.ts does not load: no luck (./b.ts:1:7).',
    { 'a.ts': "import './b.ts';\n", 'b.ts': "throw new Error('no luck');\n" },
  ],
  ['./a.mjs does not load: just text.', { 'a.mjs': "throw 'just text';\n" }],
  ["./a.ts does not load: Cannot find package 'absent'.", { 'a.ts': "import 'absent';\n" }],
])('an error of running code: %s', async (sentence, files) => {
  expect(await errorOf(files)).toBe(sentence);
});
