import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MethodFactory } from '@dgprompt/methods';

/** Methods of a file, and what tells one version of it from another. */
export interface OwnMethods {
  methods: MethodFactory[];
  /** SHA-256 of the file, part of the config of its runs. */
  code: string;
}

/** Whether a name in a list of methods is a file's: `./my-method.ts`, `/home/me/mine.js`. */
export const isFile = (name: string): boolean => /^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(name);

/**
 * Methods made with `defineMethod` that a module exports. TypeScript is read as it is, types left out.
 * @param path relative to the working directory
 * @throws one sentence if there is no such file, if it does not load, if it exports no method
 */
export async function ownMethods(path: string): Promise<OwnMethods> {
  const file = resolve(path);
  const text = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${cause.code}): give the path of a module that exports a method.`, {
      cause,
    });
  });
  const exported = await load(file).catch((cause: Error) => {
    throw new Error(`${path} does not load: ${cause.message.split('\n')[0]}`, { cause });
  });
  const methods = Object.values(exported).filter(isMethod);
  if (methods.length === 0)
    throw new Error(`${path} exports no method: make one with defineMethod of @dgprompt/methods, and export it.`);
  return { methods: [...new Set(methods)], code: createHash('sha256').update(text).digest('hex') };
}

async function load(file: string): Promise<Record<string, unknown>> {
  if (!/^\.[cm]?tsx?$/.test(extname(file))) return import(pathToFileURL(file).href);
  const { register } = await import('tsx/esm/api');
  const unregister = register(); // for good modules too: the file's packages must be the ones that run already
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await unregister();
  }
}

function isMethod(value: unknown): value is MethodFactory {
  const { id, definition } = (typeof value === 'function' ? value : {}) as Partial<MethodFactory>;
  return typeof id === 'string' && typeof definition === 'object';
}
