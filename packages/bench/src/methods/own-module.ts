import { readFile } from 'node:fs/promises';
import { register as registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether a name in a list is a file's: `./my-method.ts`, `/home/me/mine.js`. */
export const isFile = (name: string): boolean => /^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(name);

/**
 * What a module of the user's own exports. TypeScript is read as it is, types left out.
 * @param path relative to the working directory
 * @param what it should export, for the sentence of an error
 * @throws one sentence if there is no such file, or if it does not load
 */
export async function loadModule(path: string, what: string): Promise<Record<string, unknown>> {
  const file = resolve(path);
  await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${cause.code}): give the path of a module that exports ${what}.`, {
      cause,
    });
  });
  return importFile(file).catch((cause: Error) => {
    throw new Error(`${path} does not load: ${cause.message.split('\n')[0]}`, { cause });
  });
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  if (!/^\.[cm]?tsx?$/.test(extname(file))) return import(pathToFileURL(file).href);
  const { register } = await import('tsx/esm/api');
  const unregister = register(); // for good modules too: the file's packages must be the ones that run already
  registerHooks(asModules);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await unregister();
  }
}

/**
 * TypeScript is read as ES modules, whatever a package.json above says: plain folders have none, and Node takes that
 * for CommonJS.
 */
const asModules = `data:text/javascript,${encodeURIComponent(`
  export const resolve = async (specifier, context, next) => {
    const resolved = await next(specifier, context);
    return /\\.tsx?$/.test(new URL(resolved.url).pathname) ? { ...resolved, format: 'module' } : resolved;
  };`)}`;
