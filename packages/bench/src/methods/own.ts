import { type MethodFactory, methodNames, resolveMethod } from '@dgprompt/methods';
import { checkDefinition } from './check-definition.js';
import { codeHash } from './code-hash.js';
import { loadModule } from './own-module.js';
import { addFacts, factsOf } from './title.js';

/** Methods of a module, with its version. */
export interface OwnMethods {
  methods: MethodFactory[];
  /** See `codeHash`; part of the config of its runs. */
  code: string;
}

/**
 * The methods that a module exports, made with `defineMethod`. Re-exported built-in ones do not count.
 *
 * @param path relative to the working directory
 * @throws one sentence if the file is missing, does not load, or exports no method; if a definition is invalid; if two
 *   methods have the same name, or one has the name of a built-in method
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { ownMethods } from '@dgprompt/bench/methods';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'x-')), 'mine.mjs');
 * writeFileSync(file, 'export const two = 2;');
 * console.log(await ownMethods(file).catch(error => error.message)); // …
 * ```
 */
export async function ownMethods(path: string): Promise<OwnMethods> {
  const exported = Object.values(await loadModule(path, 'a method'));
  const methods = [...new Set(exported.filter(isMethod))].filter(method => !isBuiltIn(method));
  if (methods.length === 0)
    throw new Error(`${path} exports no method: make one with defineMethod of @dgprompt/methods, and export it.`);
  for (const method of methods) {
    checkDefinition(path, method.definition);
    const { id } = method;
    const { name } = method.definition;
    if ([...methodNames, 'all', 'ablations'].includes(name))
      throw new Error(`${path} has a method named "${name}", which is a built-in name; give it another name.`);
    if (methods.some(other => other !== method && other.id === id))
      throw new Error(`${path} exports two methods named "${id}"; give each its own name.`);
    addFacts(name, factsOf(method));
  }
  return { methods, code: await codeHash(path) };
}

function isMethod(value: unknown): value is MethodFactory {
  const { id, definition } = (typeof value === 'function' ? value : {}) as Partial<MethodFactory>;
  return typeof id === 'string' && typeof definition === 'object' && definition !== null;
}

const isBuiltIn = (method: MethodFactory): boolean =>
  methodNames.includes(method.id) && resolveMethod(method.id) === method;
