import { type MethodFactory, methodNames, methodVariant, resolveMethod, withRecipe } from '@dgprompt/methods';
import { ownMethods } from './own.js';
import { isFile } from './own-module.js';

/** Methods to run, and what tells versions of the user's own apart. */
export interface ChosenMethods {
  methods: MethodFactory[];
  /** SHA-256 of the files that the user's own methods come from, by the methods' ids. */
  code: Map<string, string>;
}

/** DGPrompt's ablations, in the order of their table. */
export const ablations: readonly string[] = [
  ...['no-image', 'no-text', 'flat', 'no-retention', 'free', 'prototype'].map(variant => `dgprompt:${variant}`),
];

/** Names that stand for several methods. */
const groups: Readonly<Record<string, readonly string[]>> = { all: methodNames, ablations };

/**
 * Methods by name: `maple`, `coop:csc`, `maple:depth=3+lr=0.01`, files (`./my-method.ts`), `all` and `ablations` (of
 * DGPrompt).
 * @param settings chosen numbers by method, `lr=0.007+epochs=10`, in place of the published ones; they hold for a
 *   method's variants too
 * @throws a sentence for a name that is not known, with the nearest one; for a file without methods
 */
export async function chooseMethods(
  names: readonly string[],
  settings: ReadonlyMap<string, string> = new Map(),
): Promise<ChosenMethods> {
  const methods = new Map<string, MethodFactory>();
  const code = new Map<string, string>();
  for (const name of names.flatMap(one => groups[one] ?? [one])) {
    if (!isFile(name)) {
      methods.set(name, named(name, settings));
      continue;
    }
    const own = await ownMethods(name);
    for (const method of own.methods) {
      methods.set(method.id, withSettings(method, settings));
      code.set(method.id, own.code);
    }
  }
  return { methods: [...methods.values()], code };
}

function named(id: string, settings: ReadonlyMap<string, string>): MethodFactory {
  const colon = id.indexOf(':');
  if (colon < 0) return withSettings(resolveMethod(id), settings);
  const method = withSettings(resolveMethod(id.slice(0, colon)), settings);
  return methodVariant(method, id.slice(colon + 1));
}

function withSettings(method: MethodFactory, settings: ReadonlyMap<string, string>): MethodFactory {
  const chosen = settings.get(method.id);
  return chosen === undefined ? method : withRecipe(method, chosen);
}
