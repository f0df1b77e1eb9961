import { readFile } from 'node:fs/promises';
import { register as registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Whether a name in a list is a path: `./my-method.ts`, `/home/me/mine.js`.
 *
 * @example
 * ```ts
 * import { isFile } from '@dgprompt/bench/methods';
 *
 * console.log(isFile('./mine.ts'), isFile('maple')); // true false
 * ```
 */
export const isFile = (name: string): boolean => /^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(name);

/**
 * The exports of a user's module. TypeScript is loaded directly; its types are stripped.
 *
 * @param path relative to the working directory
 * @param what the expected export, for error messages
 * @throws one sentence if the file is missing or does not load, with file, line and column of a syntax error, or file
 *   and line of an exception
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadModule } from '@dgprompt/bench/methods';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'x-')), 'mine.mjs');
 * writeFileSync(file, 'export const two = 2;');
 * console.log((await loadModule(file, 'a number')).two); // 2
 * ```
 */
export async function loadModule(path: string, what: string): Promise<Record<string, unknown>> {
  const file = resolve(path);
  await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${cause.code}): give the path of a module that exports ${what}.`, {
      cause,
    });
  });
  return importFile(file).catch(async (cause: unknown) => {
    const { loadError } = await import('./load-error.js');
    throw new Error(await loadError(path, file, cause), { cause });
  });
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  if (!/^\.[cm]?tsx?$/.test(extname(file))) return import(pathToFileURL(file).href);
  const { register } = await import('tsx/esm/api');
  const unregister = register(); // also for ES modules: the file must import the packages that are already loaded
  registerHooks(asModules);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await unregister();
  }
}

/**
 * Reads TypeScript as ES modules, whatever a package.json above says: plain folders have none, and Node would then
 * assume CommonJS.
 */
const asModules = `data:text/javascript,${encodeURIComponent(`
  export const resolve = async (specifier, context, next) => {
    const resolved = await next(specifier, context);
    return /\\.tsx?$/.test(new URL(resolved.url).pathname) ? { ...resolved, format: 'module' } : resolved;
  };`)}`;
