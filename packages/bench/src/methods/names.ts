import { resolve } from 'node:path';
import { type MethodFactory, methodNames, methodVariant, resolveMethod } from '@dgprompt/methods';
import { mergeOptionText } from '@dgprompt/methods/method';
import { ownMethods } from './own.js';
import { isFile } from './own-module.js';

/** One method that a name in a list refers to. */
export interface MethodName {
  /** Its name without variant and options: `coop`. */
  id: string;
  /** Variant and options: `csc+lr=0.01`; empty if none. */
  variant: string;
  /** The file of a custom method. */
  file?: string;
  /** The method without the additions in the name. */
  method: MethodFactory;
  /** Identifies the file and what it imports: see `codeHash`. */
  code?: string;
}

/**
 * Resolves names to methods: `coop`, `coop:csc+lr=0.01`, `all`, `ablations`, `dgprompt:ablations`; all methods of a
 * file, `./mine.ts` and `./mine.ts:lr=0.01`, or one of them, `./mine.ts:anchored`, `./mine.ts:anchored:lr=0.01`.
 *
 * @throws one sentence for an unknown name (with the nearest known one), and for a file without methods
 *
 * @example
 * ```ts
 * import { methodsNamed } from '@dgprompt/bench/methods';
 *
 * const names = await methodsNamed(['coop:csc', 'dgprompt:ablations']);
 * console.log(names.length, names[0]!.variant); // 9 csc
 * ```
 */
export async function methodsNamed(names: readonly string[]): Promise<MethodName[]> {
  const found: MethodName[] = [];
  for (const name of names) {
    if (name === 'all') found.push(...methodNames.map(id => builtIn(id)));
    else if (name === 'ablations') found.push(...methodNames.flatMap(id => withAblations(builtIn(id))));
    else found.push(...(isFile(name) ? await fromFile(name) : parts(builtIn(...parted(name, name.indexOf(':'))))));
  }
  checkOrigins(found);
  return found;
}

/**
 * The name of a method in a list: `coop:csc`, `./mine.ts:anchored:lr=0.01`.
 *
 * @example
 * ```ts
 * import { writtenName } from '@dgprompt/bench/methods';
 *
 * console.log(writtenName({ file: './mine.ts', id: 'anchored', variant: 'lr=0.01' })); // ./mine.ts:anchored:lr=0.01
 * ```
 */
export const writtenName = ({ file, id, variant }: Pick<MethodName, 'file' | 'id' | 'variant'>): string =>
  [...(file === undefined ? [] : [file]), id, ...(variant === '' ? [] : [variant])].join(':');

/** The same name with an absolute path, for a process with another working directory. */
export function nameWithFullPath(name: string): string {
  if (!isFile(name)) return name;
  const [path] = filePart(name);
  return resolve(path) + name.slice(path.length);
}

/** A method with variant and options added to those in its id. */
export function withVariant(method: MethodFactory, text: string): MethodFactory {
  const merged = both(variantOf(method), text);
  return merged === variantOf(method) ? method : methodVariant(method, merged);
}

const both = (text: string, more: string): string => (text && more ? mergeOptionText(text, more) : text || more);

/** Variant and options in a method's id. */
export const variantOf = ({ id, definition: { name } }: MethodFactory): string => id.slice(name.length + 1);

function builtIn(id: string, variant = ''): MethodName {
  if (!methodNames.includes(id) && /\.[cm]?[jt]sx?$/.test(id))
    throw new Error(`${id} is not the name of a method; a file is named with its folder, as ./${id}.`);
  return { id, variant, method: resolveMethod(id) };
}

async function fromFile(name: string): Promise<MethodName[]> {
  const [file, text = ''] = filePart(name);
  const { methods, code } = await ownMethods(file);
  const named = methods
    .filter(({ id }) => text === id || text.startsWith(`${id}:`) || (id.includes(':') && text.startsWith(`${id}+`)))
    .sort((a, b) => b.id.length - a.id.length)[0];
  const rest = named ? text.slice(named.id.length + 1) : text;
  return (named ? [named] : methods).flatMap(method => {
    const variant = rest === 'ablations' ? rest : both(variantOf(method), rest);
    return parts({ file, code, method, id: method.definition.name, variant });
  });
}

/** A method, or its ablations if the name asks for them. */
function parts(name: MethodName): MethodName[] {
  if (name.variant !== 'ablations') return [name];
  const found = withAblations(name);
  if (found.length === 0) throw new Error(`${name.id} has no ablations: its definition names none of its variants so.`);
  return found;
}

const withAblations = (name: MethodName): MethodName[] =>
  (name.method.definition.ablations ?? []).map(variant => ({ ...name, variant }));

/** @throws one sentence if methods of two files have the same name: tables could not distinguish them */
function checkOrigins(names: readonly MethodName[]): void {
  const files = new Map<string, string>();
  for (const { id, file } of names) {
    if (file === undefined) continue;
    const other = files.get(id) ?? file;
    if (resolve(other) !== resolve(file))
      throw new Error(`${other} and ${file} both have a method named "${id}"; give one of them another name.`);
    files.set(id, file);
  }
}

const filePart = (name: string) => parted(name, name.search(/(?<=\.[cm]?[jt]sx?):/));

/** Text before and after a colon; all of it if there is none. */
const parted = (text: string, colon: number): [string, string | undefined] =>
  colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
