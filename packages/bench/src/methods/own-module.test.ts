import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** A module's exports as Node reads them, without the loaders of the test runner. */
async function loadInNode(path: string): Promise<unknown> {
  const source = await readFile(new URL('./own-module.ts', import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const program = `${outputText}\nconsole.log(JSON.stringify(await loadModule(${JSON.stringify(path)}, 'something')));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout);
}

test.each([
  ['a plain folder', undefined],
  ['a package of ES modules', '{ "type": "module" }'],
  ['a package of CommonJS', '{ "type": "commonjs" }'],
])('TypeScript is read in %s, with what it imports', async (_, manifest) => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-module-'));
  if (manifest !== undefined) await writeFile(join(folder, 'package.json'), manifest);
  await writeFile(join(folder, 'other.ts'), 'export const one: number = 1;');
  await writeFile(
    join(folder, 'mine.ts'),
    "import { one } from './other.ts';\nexport default { two: one + 1 as number };",
  );
  expect(await loadInNode(join(folder, 'mine.ts'))).toEqual({ default: { two: 2 } });
});
