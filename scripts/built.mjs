import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup.mjs';

/** Where the state of the sources is kept that `dist/` was last built from. */
const record = join(root, '.turbo', 'built');

/** Whether nothing has changed since `setBuilt`: a glance at sizes and dates, where turbo takes a second. */
export function sameAsBuilt() {
  return existsSync(record) && readFileSync(record, 'utf8') === state();
}

/** Notes that `dist/` of all packages is built from the sources as they are. */
export function setBuilt() {
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, state());
}

/** Everything that installing and building depend on, and what they made. */
function state() {
  const hash = createHash('sha256');
  const add = (folder, name) => {
    const { size, mtimeMs } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? {};
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  };
  for (const name of ['package-lock.json', 'tsup.config.ts', 'tsconfig.base.json', 'node_modules/.package-lock.json'])
    add(root, name);
  const packages = join(root, 'packages');
  for (const name of readdirSync(packages)) {
    const folder = join(packages, name);
    for (const file of ['package.json', 'tsup.config.ts', 'tsconfig.build.json']) add(folder, file);
    for (const entry of existsSync(join(folder, 'src')) ? readdirSync(join(folder, 'src'), { recursive: true }) : [])
      if (!entry.endsWith('.test.ts')) add(join(folder, 'src'), entry);
    for (const entry of existsSync(join(folder, 'dist')) ? readdirSync(join(folder, 'dist')) : [])
      if (entry.endsWith('.js')) add(join(folder, 'dist'), entry);
  }
  return hash.digest('hex');
}
