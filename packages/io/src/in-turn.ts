/**
 * Runs a function on every item, a few at a time; results in the order of the items.
 * @param count how many run at once; more would need as many open files
 */
export async function inTurn<T, R>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<R>,
  { count = 16, signal }: { count?: number; signal?: AbortSignal } = {},
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) {
      signal?.throwIfAborted();
      results[i] = await run(items[i]!, i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
  return results;
}
