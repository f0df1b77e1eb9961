import { readFile, realpath, stat } from 'node:fs/promises';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '@dgprompt/io';

/** Specifiers in import and export statements, `import()` and `require()`, and relative files in `new URL()`. */
const named = [
  /\b(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])(.+?)\1/g,
  /\bimport\s*(['"])(.+?)\1/g,
  /\b(?:import|require)\s*\(\s*(['"`])(.+?)\1\s*[,)]/g,
  /\bnew\s+URL\s*\(\s*(['"`])(.+?)\1\s*,\s*import\.meta\.url/g,
];

const endings = ['', '.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json'];

/**
 * Identifies a user's module by everything that it runs: its file, the local files that it imports, and the versions of
 * packages. Computed specifiers are not followed.
 *
 * @returns SHA-256, independent of the files' location
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { codeHash } from '@dgprompt/bench/methods';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * writeFileSync(join(folder, 'mine.mjs'), "import './helper.mjs';");
 * writeFileSync(join(folder, 'helper.mjs'), '1;');
 * const before = await codeHash(join(folder, 'mine.mjs'));
 * writeFileSync(join(folder, 'helper.mjs'), '2;');
 * console.log((await codeHash(join(folder, 'mine.mjs'))) === before); // false
 * ```
 */
export async function codeHash(path: string): Promise<string> {
  const entry = await realpath(resolve(path));
  const files = new Map<string, string>();
  const packages = new Map<string, string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const bytes = await readFile(file);
    files.set(file, sha256Hex(bytes));
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue;
    for (const name of namesIn(bytes.toString('utf8'))) {
      const found = await resolved(name, file);
      if (found === undefined) continue;
      if (found.file === undefined) packages.set(found.name, found.version);
      else waiting.push(found.file);
    }
  }
  const place = (file: string) => (file === entry ? '' : relative(dirname(entry), file).split(sep).join('/'));
  const local = [...files].map(([file, hash]) => [place(file), hash]);
  return sha256Hex(JSON.stringify([local.sort(byName), [...packages].sort(byName)]));
}

const byName = ([a]: readonly string[], [b]: readonly string[]): number => (a! < b! ? -1 : 1);

const namesIn = (text: string): Set<string> =>
  new Set(named.flatMap(pattern => [...text.matchAll(pattern)].map(match => match[2]!)));

type Found = { file: string } | { file?: undefined; name: string; version: string };

async function resolved(name: string, from: string): Promise<Found | undefined> {
  if (name.startsWith('node:') || builtinModules.includes(name)) return undefined;
  const plain = name.startsWith('file:') ? fileURLToPath(name) : name.replace(/[?#].*$/, '');
  if (/^(\.{0,2}[\\/]|\.{1,2}$)/.test(plain) || name.startsWith('file:') || /^[a-z]:[\\/]/i.test(plain)) {
    const file = await existing(resolve(dirname(from), plain));
    return file === undefined ? undefined : { file };
  }
  const [packageName] = /^(?:@[^/]+\/)?[^/]+/.exec(plain) ?? [];
  if (packageName === undefined) return undefined;
  if (plain.startsWith('#')) return linked(plain, from);
  const manifest = await manifestOf(packageName, dirname(from));
  if (manifest === undefined) return undefined;
  const isLinked = !manifest.path.includes(`${sep}node_modules${sep}`) && !packageName.startsWith('@dgprompt/');
  return (isLinked ? await linked(plain, from) : undefined) ?? { name: packageName, version: manifest.version };
}

/** The file of a package that is linked for development. */
async function linked(name: string, from: string): Promise<Found | undefined> {
  try {
    return { file: await realpath(createRequire(from).resolve(name)) };
  } catch {
    return undefined;
  }
}

/** The package.json of a package, with links followed. */
async function manifestOf(name: string, folder: string): Promise<{ path: string; version: string } | undefined> {
  const file = join(folder, 'node_modules', name, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined)
    return { path: await realpath(file), version: String((JSON.parse(text) as { version?: unknown }).version) };
  return dirname(folder) === folder ? undefined : manifestOf(name, dirname(folder));
}

/** The file that a specifier refers to: TypeScript writes `./a.js` for `a.ts`, and extensions may be omitted. */
async function existing(path: string): Promise<string | undefined> {
  const typed = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  for (const one of [path, typed, ...endings.map(end => path + end), ...endings.map(end => join(path, `index${end}`))])
    if (
      await stat(one).then(
        found => found.isFile(),
        () => false,
      )
    )
      return realpath(one);
  return undefined;
}
