/** Items in order, `size` at a time, each slice with the index of its first item; the last may be shorter. */
export function* slices<T>(items: readonly T[], size: number): Generator<[start: number, batch: T[]]> {
  for (let start = 0; start < items.length; start += size) yield [start, items.slice(start, start + size)];
}
