/**
 * Loads items in order, each while its predecessor is in use, and frees each after its turn. A loading error is thrown
 * when its item's turn comes.
 *
 * @param items in a list, or as they become known
 * @param free called with everything that was loaded, even if the loop ends early
 * @returns pairs of a loaded item and what it was loaded from
 *
 * @example
 * ```ts
 * import { prefetch } from '@dgprompt/io';
 *
 * const load = async (name: string) => name.toUpperCase();
 * for await (const [loaded, name] of prefetch(['a', 'b'], load, () => {})) console.log(name, loaded);
 * // a A
 * // b B
 * ```
 */
export async function* prefetch<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  load: (item: T, index: number) => Promise<R>,
  free: (loaded: R) => void,
): AsyncGenerator<[loaded: R, item: T], void, undefined> {
  const queue = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let count = 0;
  const start = async () => {
    const { done, value } = await queue.next();
    if (done) return undefined;
    const loading = load(value, count++);
    loading.catch(() => {}); // thrown where it is awaited
    return { item: value, loading };
  };
  let next = await start();
  try {
    while (next) {
      const { item, loading } = next;
      next = undefined;
      const loaded = await loading;
      try {
        next = await start();
        yield [loaded, item];
      } finally {
        free(loaded);
      }
    }
  } finally {
    await next?.loading.then(free, () => {});
    await queue.return?.();
  }
}
