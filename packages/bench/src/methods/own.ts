import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { MethodFactory } from '@dgprompt/methods';
import { loadModule } from './own-module.js';
import { addTitles } from './title.js';

/** Methods of a file, and what tells one version of it from another. */
export interface OwnMethods {
  methods: MethodFactory[];
  /** SHA-256 of the file, part of the config of its runs. */
  code: string;
}

/**
 * Methods made with `defineMethod` that a module exports.
 * @param path relative to the working directory
 * @throws one sentence if there is no such file, if it does not load, if it exports no method
 */
export async function ownMethods(path: string): Promise<OwnMethods> {
  const methods = Object.values(await loadModule(path, 'a method')).filter(isMethod);
  if (methods.length === 0)
    throw new Error(`${path} exports no method: make one with defineMethod of @dgprompt/methods, and export it.`);
  addTitles(methods);
  const code = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { methods: [...new Set(methods)], code };
}

function isMethod(value: unknown): value is MethodFactory {
  const { id, definition } = (typeof value === 'function' ? value : {}) as Partial<MethodFactory>;
  return typeof id === 'string' && typeof definition === 'object';
}
