import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { codeHash } from './code-hash.js';

const files: Record<string, string> = {
  'mine.ts': `import { a } from './lib/a.js'; import type { T } from 'pack'; export * from "./b";
    const c = await import('./c.mjs'); const d = new URL('./data.json', import.meta.url); import own from 'linked';`,
  'lib/a.ts': "import '../deep/index.js'; export const a = 1;",
  'deep/index.ts': 'export const deep = 1;',
  'b/index.js': "const e = require('../e.cjs');",
  'c.mjs': "import './mine.ts';",
  'e.cjs': 'module.exports = 1;',
  'data.json': '{}',
  'node_modules/pack/package.json': '{"version": "1.0.0"}',
  'node_modules/pack/index.js': '1',
  'linked/package.json': '{"version": "1.0.0", "main": "main.js"}',
  'linked/main.js': "require('./part.js');",
  'linked/part.js': '1',
};

async function project() {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-code-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  await symlink(join('..', 'linked'), join(root, 'node_modules', 'linked'), 'dir');
  return { root, hash: () => codeHash(join(root, 'mine.ts')) };
}

test.each(Object.keys(files).filter(name => name !== 'node_modules/pack/index.js' && name !== 'linked/package.json'))(
  'an edit of %s is another method',
  async name => {
    const { root, hash } = await project();
    const before = await hash();
    expect(await hash()).toBe(before);
    await writeFile(join(root, name), files[name]!.replace(/1(?=[^1]*$)|\}$|'\.\/mine/, '$& '));
    if (name === 'mine.ts') await writeFile(join(root, name), `${files[name]} `);
    if (name === 'node_modules/pack/package.json') await writeFile(join(root, name), '{"version": "1.0.1"}');
    if (name.endsWith('main.js') || name.endsWith('b/index.js')) await writeFile(join(root, name), `${files[name]} `);
    expect(await hash()).not.toBe(before);
  },
);

test('a copy in another folder is the same method', async () => {
  const { root, hash } = await project();
  const copy = join(await mkdtemp(join(tmpdir(), 'dgprompt-code-')), 'copy');
  await cp(root, copy, { recursive: true, verbatimSymlinks: true });
  expect(await codeHash(join(copy, 'mine.ts'))).toBe(await hash());
});
