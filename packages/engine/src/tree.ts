/** Values in nested arrays and objects: a model's weights, an optimizer's buffers, a function's results. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** Anything that is neither an array nor a plain object is a leaf. */
function isBranch<T>(tree: Tree<T>): tree is readonly Tree<T>[] | { readonly [key: string]: Tree<T> } {
  if (Array.isArray(tree)) return true;
  if (typeof tree !== 'object' || tree === null) return false;
  const prototype = Object.getPrototypeOf(tree);
  return prototype === Object.prototype || prototype === null;
}

/** The leaves in order: arrays by index, objects in the order of their keys. */
export function leaves<T>(tree: Tree<T>): T[] {
  return isBranch(tree) ? Object.values(tree).flatMap(branch => leaves(branch as Tree<T>)) : [tree as T];
}

/** The leaves with their paths, joined by dots: `blocks.0.weight`. */
export function namedLeaves<T>(tree: Tree<T>, prefix = ''): [string, T][] {
  if (!isBranch(tree)) return [[prefix, tree as T]];
  return Object.entries(tree).flatMap(([key, branch]) =>
    namedLeaves(branch as Tree<T>, prefix ? `${prefix}.${key}` : key),
  );
}

/** The same tree with every leaf replaced. */
export function mapTree<T, U>(f: (leaf: T) => U, tree: Tree<T>): Tree<U> {
  if (Array.isArray(tree)) return tree.map(branch => mapTree(f, branch as Tree<T>));
  if (!isBranch(tree)) return f(tree as T);
  return Object.fromEntries(Object.entries(tree).map(([key, branch]) => [key, mapTree(f, branch as Tree<T>)]));
}
