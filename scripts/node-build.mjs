/**
 * Builds what the command of a checkout needs: every package's modules for Node, without types and without the modules
 * for browsers. Takes seconds instead of the minutes of `npm run build`, and nothing if no source has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { root } from './setup.mjs';

const all = readdirSync(join(root, 'packages')).filter(name => existsSync(folder(name, 'tsup.config.ts')));

/** Packages whose modules do not match their sources; the command's own, which bundles another, comes last. */
const changed = () => {
  const names = all.filter(name => name !== 'cli' && !isBuilt(name));
  return isBuilt('cli') && !names.includes('lab') ? names : [...names, 'cli'];
};

/** Whether there is something to build. */
export const needsNodeBuild = () => changed().length > 0;

/** @param {(name: string) => void} [onBuilt] after each package @returns {Promise<number>} exit code */
export async function nodeBuild(onBuilt = () => {}) {
  const names = changed();
  const before = names.filter(name => name !== 'cli');
  const next = async () => {
    for (let name = before.shift(); name !== undefined; name = before.shift()) {
      const code = await build(name);
      if (code !== 0) return code;
      onBuilt(name);
    }
    return 0;
  };
  const codes = await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, next));
  const failed = codes.find(code => code !== 0);
  if (failed !== undefined) return failed;
  return names.includes('cli') ? build('cli') : 0;
}

async function build(name) {
  const tsup = createRequire(import.meta.url).resolve('tsup/dist/cli-default.js');
  const env = { DGPROMPT_BUILD: 'node' };
  const { code, output } = await run(process.execPath, [tsup], { cwd: folder(name), env, capture: true });
  if (code !== 0) {
    process.stderr.write(output);
    return code;
  }
  mkdirSync(folder(name, '.turbo'), { recursive: true });
  writeFileSync(record(name), state(name));
  return 0;
}

function folder(name, ...inside) {
  return join(root, 'packages', name, ...inside);
}

const record = name => folder(name, '.turbo', 'node-build');

const isBuilt = name => existsSync(record(name)) && readFileSync(record(name), 'utf8') === state(name);

/** A hash of the sizes and dates of a package's build inputs and outputs. */
function state(name) {
  const hash = createHash('sha256');
  const add = (place, file) => {
    const { size, mtimeMs } = statSync(join(place, file), { throwIfNoEntry: false }) ?? {};
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  };
  for (const file of ['tsup.config.ts', 'tsconfig.base.json']) add(root, file);
  for (const file of ['package.json', 'tsup.config.ts', 'tsconfig.build.json']) add(folder(name), file);
  for (const file of readdirSync(folder(name, 'src'), { recursive: true }))
    if (!file.endsWith('.test.ts')) add(folder(name, 'src'), file);
  if (existsSync(folder(name, 'dist')))
    for (const file of readdirSync(folder(name, 'dist'))) if (file.endsWith('.js')) add(folder(name, 'dist'), file);
  return hash.digest('hex');
}
