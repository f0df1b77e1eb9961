import { fileHashes } from '@dgprompt/io';
import type { MethodFactory } from '@dgprompt/methods';
import { loadModule } from './own-module.js';
import { addTitles } from './title.js';

/** Methods of a module, and what identifies its version. */
export interface OwnMethods {
  methods: MethodFactory[];
  /** SHA-256 of the file, a part of its runs' config. */
  code: string;
}

/**
 * The methods that a module exports, made with `defineMethod`.
 *
 * @param path relative to the working directory
 * @throws one sentence if the file is missing, does not load, or exports no method
 */
export async function ownMethods(path: string): Promise<OwnMethods> {
  const methods = Object.values(await loadModule(path, 'a method')).filter(isMethod);
  if (methods.length === 0)
    throw new Error(`${path} exports no method: make one with defineMethod of @dgprompt/methods, and export it.`);
  addTitles(methods);
  const { sha256 } = await fileHashes(path, ['sha256']);
  return { methods: [...new Set(methods)], code: sha256 };
}

function isMethod(value: unknown): value is MethodFactory {
  const { id, definition } = (typeof value === 'function' ? value : {}) as Partial<MethodFactory>;
  return typeof id === 'string' && typeof definition === 'object';
}
