import { resolve } from 'node:path';
import type { MethodName } from '@dgprompt/bench/methods';
import { unknownName } from '@dgprompt/io';
import type { MethodFactory } from '@dgprompt/methods';
import { UsageError, usage } from '../usage-error.js';
import type { Context } from './command.js';

/**
 * Adds options from `--set` and from the config file's `methods` section to method names, as in `maple:lr=0.01`.
 * Options in a name take precedence over the file's, and those of `--set` over both. Options of a custom method go by
 * its name, `--set anchored.lr=0.01`; the config file also accepts its file, `"./mine.ts"`.
 *
 * @param set as `maple.lr=0.01`
 * @throws UsageError for an unknown method, or if `--set` names one that is not in use; one sentence for a file without
 *   methods
 */
export async function withMethodOptions(
  names: readonly string[],
  set: readonly string[] | undefined,
  { configFile, methods }: Pick<Context, 'configFile' | 'methods'>,
): Promise<string[]> {
  const fromFile = new Map(Object.entries(methods).map(([id, options]) => [id, optionText(options)]));
  const fromLine = new Map<string, string>();
  for (const one of set ?? []) {
    const [, id, option] = /^([\w-]+)\.([\w.-]+=.+)$/s.exec(one) ?? [];
    if (id === undefined || option === undefined)
      throw new UsageError(`--set ${one} is invalid. It must be METHOD.OPTION=VALUE, such as maple.lr=0.01.`);
    fromLine.set(id, [fromLine.get(id), option].filter(Boolean).join('+'));
  }
  if (fromFile.size + fromLine.size === 0) return [...names];
  const { methodNames } = await import('@dgprompt/methods');
  const { mergeOptionText } = await import('@dgprompt/methods/method');
  const { isFile, methodsNamed, writtenName } = await import('@dgprompt/bench/methods');
  const all = await methodsNamed(names);
  const chosen = [...new Set(all.map(({ id }) => id))];
  const known = [...new Set([...methodNames, ...chosen])];
  for (const id of fromFile.keys())
    if (!isFile(id) && !known.includes(id))
      throw new UsageError(
        `${configFile}: methods: ${unknownName('method', id, known)} Your own method is named with its file, "./mine.ts:${id}".`,
      );
  for (const id of fromLine.keys()) {
    if (chosen.includes(id)) continue;
    if (!known.includes(id)) throw new UsageError(`--set: ${unknownName('method', id, known)}`);
    throw new UsageError(`--set has options of ${id}, which is not one of the methods here: ${chosen.join(', ')}.`);
  }
  return all.map(({ id, file, variant }) => {
    const keys = file === undefined ? [id] : [id, resolve(file), `${resolve(file)}:${id}`];
    const standard = [...fromFile].filter(([key]) => keys.includes(isFile(key) ? resolve(key) : key));
    const texts = [...standard.map(([, text]) => text), variant, fromLine.get(id) ?? ''].filter(Boolean);
    return writtenName({ id, file, variant: texts.length > 1 ? texts.reduce(mergeOptionText) : (texts[0] ?? '') });
  });
}

/** A context without the config file's options that the command line gives for all methods, as `--epochs`. */
export function withoutGiven(
  { configFile, methods }: Pick<Context, 'configFile' | 'methods'>,
  given: Readonly<Record<string, unknown>>,
): Pick<Context, 'configFile' | 'methods'> {
  const isGiven = (key: string) => given[key] !== undefined;
  const rest = Object.entries(methods).map(([id, options]) => [
    id,
    Object.fromEntries(Object.entries(options).filter(([key]) => !isGiven(key))),
  ]);
  return { configFile, methods: Object.fromEntries(rest) };
}

/** A method; for a custom one, also its file and the version of its code. */
export interface OneMethod {
  factory: MethodFactory;
  file?: string;
  /** See `codeHash`. */
  code?: string;
}

/**
 * Resolves method names, with options from `--set` and the config file.
 * @param only the name that must resolve to one method
 * @throws one sentence if it resolves to several
 */
export async function severalMethods(
  names: readonly string[],
  set: readonly string[] | undefined,
  context: Pick<Context, 'configFile' | 'methods'>,
  only?: string,
): Promise<OneMethod[]> {
  if (only !== undefined) return [await oneMethod(only, set, context)];
  const { chooseMethods } = await import('@dgprompt/bench');
  const { methods, code } = await chooseMethods(await withMethodOptions(names, set, context));
  return methods.map(factory => ({ factory, code: code.get(factory.id) }));
}

/**
 * Resolves a name to one method, with options from `--set` and the config file.
 * @throws one sentence if it resolves to several
 */
export async function oneMethod(
  name: string,
  set: readonly string[] | undefined,
  context: Pick<Context, 'configFile' | 'methods'>,
): Promise<OneMethod> {
  const { chooseMethods } = await import('@dgprompt/bench');
  const { isFile, methodsNamed } = await import('@dgprompt/bench/methods');
  const { methods, code } = await chooseMethods(await withMethodOptions([name], set, context));
  const [method, ...others] = methods;
  if (method && others.length === 0)
    return { factory: method, file: (await methodsNamed([name]))[0]?.file, code: code.get(method.id) };
  const ids = methods.map(({ id }) => id);
  throw new UsageError(
    `--method ${name} is ${ids.length} methods (${ids.join(', ')}); name one, as ${isFile(name) ? `${name}:` : ''}${ids[0]}.`,
  );
}

/**
 * The methods in the files of `--methods-from`, for opening what one of them learned. A folder never names code to
 * load: its files are data.
 *
 * @param method the id of the method that learned it
 * @param folder of the classifier or run, for errors
 * @throws UsageError if the method is neither built in nor in these files
 */
export async function ownMethodsFor(
  method: string,
  folder: string,
  files: readonly string[] = [],
  code?: string,
): Promise<MethodFactory[]> {
  const own = await methodsIn(files);
  checkCode(folder, await checkMethod(method, folder, own), code);
  return own.map(({ method }) => method);
}

/**
 * The name of a run's method in a list: its id, with its file if it is a custom one.
 * @param folder of the run, for errors
 * @throws UsageError if the method is neither built in nor in these files
 */
export async function nameForMethod(
  method: string,
  folder: string,
  files: readonly string[] = [],
  code?: string,
): Promise<string> {
  const own = await methodsIn(files);
  const found = await checkMethod(method, folder, own);
  checkCode(folder, found, code);
  const { file } = found ?? {};
  return file === undefined ? method : `${file}:${method}`;
}

/** The methods that files export. File names need no leading `./`. */
async function methodsIn(files: readonly string[]): Promise<MethodName[]> {
  const { isFile, methodsNamed } = await import('@dgprompt/bench/methods');
  return methodsNamed(files.map(file => (isFile(file) ? file : `./${file}`))).catch(usage);
}

/** The custom method with an id; undefined for a built-in one. */
async function checkMethod(id: string, folder: string, own: readonly MethodName[]): Promise<MethodName | undefined> {
  const { methodNames } = await import('@dgprompt/methods');
  const name = id.split(':', 1)[0]!;
  const found = own.find(one => one.id === name);
  if (found || methodNames.includes(name)) return found;
  const missing =
    own.length === 0 ? '' : `; ${[...new Set(own.map(({ file }) => file))].join(' and ')} does not export it`;
  throw new UsageError(
    `${folder} was made by the method "${name}", which is not built in${missing}: name the file that exports it with --methods-from ./file.ts.`,
  );
}

/** @throws UsageError if the record or classifier was made by different code. @param code its recorded code */
function checkCode(folder: string, found: MethodName | undefined, code: string | undefined): void {
  if (code === undefined || found?.code === undefined || code.split('+').includes(found.code)) return;
  throw new UsageError(
    `${folder} was trained with another version of ${found.file}; train again, or restore the file.`,
  );
}

/** Options as text, nested keys with dots: `lr=0.01+guidance.rank=32`. */
function optionText(options: object, prefix = ''): string {
  const parts = Object.entries(options).map(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? optionText(value, `${prefix}${key}.`)
      : `${prefix}${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.filter(part => part !== '').join('+');
}
