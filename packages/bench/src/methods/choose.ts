import { type MethodFactory, methodNames, methodVariant, resolveMethod, withRecipe } from '@dgprompt/methods';
import { ownMethods } from './own.js';
import { isFile } from './own-module.js';

/** Methods to run, and what identifies the versions of user-defined ones. */
export interface ChosenMethods {
  methods: MethodFactory[];
  /** SHA-256 of the files that user-defined methods come from, by the methods' ids. */
  code: Map<string, string>;
}

const ablationsOf = ({ id, definition }: MethodFactory) =>
  (definition.ablations ?? []).map(variant => `${id}:${variant}`);

/** The ablations of all built-in methods, in the order of their tables. */
export const ablations: readonly string[] = methodNames.flatMap(id => ablationsOf(resolveMethod(id)));

/** Names that stand for several methods. */
const groups: Readonly<Record<string, readonly string[]>> = { all: methodNames, ablations };

/**
 * Names of methods, with those that `all` and `ablations` stand for in their place.
 *
 * @example
 * ```ts
 * import { expandGroups } from '@dgprompt/bench/methods';
 *
 * console.log(expandGroups(['maple', 'all']).length); // 12
 * ```
 */
export const expandGroups = (names: readonly string[]): string[] => names.flatMap(one => groups[one] ?? [one]);

/**
 * Methods by name: `maple`, `coop:csc`, `maple:depth=3+lr=0.01`, `all`, `ablations`, and modules with methods:
 * `./my-method.ts`, `./my-method.ts:lr=0.01`, `./my-method.ts:ablations`.
 *
 * @param settings chosen numbers by method, `lr=0.007+epochs=10`, in place of the published ones; they also apply to a
 *   method's variants
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
  for (const name of expandGroups(names)) {
    if (!isFile(name)) {
      const [id, variant] = parted(name, name.indexOf(':'));
      const method = varied(withSettings(resolveMethod(id), settings), variant);
      methods.set(method.id, method);
      continue;
    }
    const [path, variant] = parted(name, name.search(/(?<=\.[cm]?[jt]sx?):/));
    const own = await ownMethods(path);
    for (const method of own.methods) {
      const whole = withSettings(method, settings);
      const { definition } = method;
      for (const one of variant === 'ablations' ? (definition.ablations ?? []) : [variant]) {
        const chosen = varied(whole, one);
        methods.set(chosen.id, chosen);
        code.set(chosen.id, own.code);
      }
    }
  }
  return { methods: [...methods.values()], code };
}

/** Text before and after a colon; all of it where there is none. */
const parted = (text: string, colon: number): [string, string | undefined] =>
  colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];

const varied = (method: MethodFactory, variant: string | undefined): MethodFactory =>
  variant === undefined ? method : methodVariant(method, variant);

function withSettings(method: MethodFactory, settings: ReadonlyMap<string, string>): MethodFactory {
  const chosen = settings.get(method.id);
  return chosen === undefined ? method : withRecipe(method, chosen);
}
