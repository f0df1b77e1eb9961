import { type MethodFactory, methodNames, resolveMethod } from '@dgprompt/methods';

const titles = new Map(methodNames.map(id => [id, resolveMethod(id).definition.title ?? id]));

/** Makes the titles of user-defined methods known to `methodTitle`. */
export function addTitles(methods: readonly MethodFactory[]): void {
  for (const { definition } of methods) titles.set(definition.name, definition.title ?? definition.name);
}

/**
 * A method's name as its paper writes it. Unknown ids stay as they are, and so do variants.
 *
 * @example
 * ```ts
 * import { methodTitle } from '@dgprompt/bench/methods';
 *
 * console.log(methodTitle('coop:csc')); // CoOp:csc
 * ```
 */
export function methodTitle(id: string): string {
  const [name] = id.split(':', 1) as [string];
  return (titles.get(name) ?? name) + id.slice(name.length);
}
