/**
 * Loads items one after the other, each while its predecessor is in use, and frees each after its turn. An error while loading is
 * thrown when its turn comes.
 *
 * @param free is called with everything that was loaded, also if the loop ends early
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
  items: readonly T[],
  load: (item: T, index: number) => Promise<R>,
  free: (loaded: R) => void,
): AsyncGenerator<[loaded: R, item: T], void, undefined> {
  const start = (i: number) => {
    const loading = load(items[i]!, i);
    loading.catch(() => {}); // thrown where it is awaited
    return loading;
  };
  let next: Promise<R> | undefined = items.length > 0 ? start(0) : undefined;
  try {
    for (const [i, item] of items.entries()) {
      const current: R = await next!;
      next = i + 1 < items.length ? start(i + 1) : undefined;
      try {
        yield [current, item];
      } finally {
        free(current);
      }
    }
  } finally {
    await next?.then(free, () => {});
  }
}
