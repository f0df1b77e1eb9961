/** Values in nested arrays and objects: a model's weights, an optimizer's buffers, a function's results. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** The type of a tree whose leaves of type T are replaced with U; its structure stays the same. */
export type MappedTree<X, T, U> = [readonly X[]] extends [X]
  ? Tree<U> // a tree of any structure
  : X extends T
    ? U
    : { [K in keyof X]: MappedTree<X[K], T, U> };

/** Everything that is neither an array nor a plain object is a leaf. */
function isBranch<T>(tree: Tree<T>): tree is readonly Tree<T>[] | { readonly [key: string]: Tree<T> } {
  if (Array.isArray(tree)) return true;
  if (typeof tree !== 'object' || tree === null) return false;
  const prototype = Object.getPrototypeOf(tree);
  return prototype === Object.prototype || prototype === null;
}

/**
 * The leaves in order: arrays by index, objects in the order of their keys.
 *
 * @example
 * ```ts
 * import { leaves } from '@dgprompt/engine';
 *
 * console.log(leaves<number>({ a: 1, b: [2, { c: 3 }] })); // [ 1, 2, 3 ]
 * ```
 */
export function leaves<T>(tree: Tree<T>): T[] {
  return isBranch(tree) ? Object.values(tree).flatMap(branch => leaves(branch as Tree<T>)) : [tree as T];
}

/**
 * The leaves with their paths, joined by dots.
 *
 * @example
 * ```ts
 * import { namedLeaves } from '@dgprompt/engine';
 *
 * console.log(namedLeaves<number>({ blocks: [{ weight: 1 }] })); // [ [ 'blocks.0.weight', 1 ] ]
 * ```
 */
export function namedLeaves<T>(tree: Tree<T>, prefix = ''): [string, T][] {
  if (!isBranch(tree)) return [[prefix, tree as T]];
  return Object.entries(tree).flatMap(([key, branch]) =>
    namedLeaves(branch as Tree<T>, prefix ? `${prefix}.${key}` : key),
  );
}

/**
 * Replaces every leaf of a tree; its structure stays the same, also in the type.
 *
 * @example
 * ```ts
 * import { mapTree } from '@dgprompt/engine';
 *
 * const doubled = mapTree((x: number) => 2 * x, { a: 1, b: [2, 3] });
 * console.log(doubled.b[1]); // 6
 * ```
 */
export function mapTree<T, U, X>(f: (leaf: T) => U, tree: X): MappedTree<X, T, U> {
  const map = (branch: Tree<T>): unknown => {
    if (Array.isArray(branch)) return branch.map(map);
    if (!isBranch(branch)) return f(branch as T);
    return Object.fromEntries(Object.entries(branch).map(([key, value]) => [key, map(value)]));
  };
  return map(tree as Tree<T>) as MappedTree<X, T, U>;
}
