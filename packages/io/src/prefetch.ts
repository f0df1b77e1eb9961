/**
 * Loads one after the other, each while the one before it is used, and frees it after that: so decoding goes on while a batch is
 * computed. What is thrown while loading is thrown where its turn comes.
 * @returns pairs of what was loaded and what it was loaded for
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
