import { digests } from '@dgprompt/io';
import { type MethodFactory, withRecipe } from '@dgprompt/methods';
import { optionValues } from '@dgprompt/methods/method';
import { methodsNamed, withVariant, writtenName } from './names.js';

/** Methods to run, and the versions of custom ones. */
export interface ChosenMethods {
  methods: MethodFactory[];
  /** By method id: `codeHash` of the files of custom methods, and digests of files that options name. */
  code: Map<string, string>;
}

/**
 * Methods by name: `maple`, `coop:csc`, `maple:depth=3+lr=0.01`, `all`, `ablations`, and modules with methods:
 * `./my-method.ts`, `./my-method.ts:lr=0.01`, `./my-method.ts:ablations`; one of several in a module is
 * `./my-method.ts:anchored:lr=0.01`.
 *
 * @param settings chosen values by method, `lr=0.007+epochs=10`, replacing the published ones; they also apply to a
 *   method's variants that have none of their own
 * @throws one sentence for an unknown name (with the nearest known one), and for a module without methods
 *
 * @example
 * ```ts
 * import { chooseMethods } from '@dgprompt/bench';
 *
 * const { methods } = await chooseMethods(['maple', 'coop:csc']);
 * console.log(methods.map(({ id }) => id)); // [ 'maple', 'coop:csc' ]
 * ```
 */
export async function chooseMethods(
  names: readonly string[],
  settings: ReadonlyMap<string, string> = new Map(),
): Promise<ChosenMethods> {
  const methods = new Map<string, MethodFactory>();
  const code = new Map<string, string>();
  for (const { method, variant, id, ...own } of await methodsNamed(names)) {
    const numbers = settings.get(writtenName({ id, variant })) ?? settings.get(id);
    const chosen = withVariant(numbers === undefined ? method : withRecipe(method, numbers), variant);
    methods.set(chosen.id, chosen);
    const hashes = [own.code, ...(await fileHashes(chosen, `${numbers ?? ''}+${variant}`))].filter(Boolean);
    if (hashes.length > 0) code.set(chosen.id, hashes.join('+'));
  }
  return { methods: [...methods.values()], code };
}

/** Digests of the files that a method's options name; a file that cannot be read fails in its run. */
async function fileHashes({ definition }: MethodFactory, settings: string): Promise<string[]> {
  const values = optionValues(settings);
  const paths = (definition.files ?? []).map(key => values.get(key)).filter(path => path !== undefined);
  return [...(await digests(paths)).values()];
}
