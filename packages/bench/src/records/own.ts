/**
 * An object without inherited keys, for names from files or folders that may be `constructor` or `__proto__`.
 *
 * @example
 * ```ts
 * import { bare } from '@dgprompt/bench/records';
 *
 * console.log(bare([['a', 1]]).constructor); // undefined
 * ```
 */
export function bare<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const values = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) values[key] = value;
  return values;
}

/**
 * The value of an object's own key; undefined for inherited keys such as `constructor`.
 *
 * @example
 * ```ts
 * import { own } from '@dgprompt/bench/records';
 *
 * console.log(own({ a: 1 }, 'a'), own({ a: 1 }, 'constructor')); // 1 undefined
 * ```
 */
export const own = <T>(values: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
