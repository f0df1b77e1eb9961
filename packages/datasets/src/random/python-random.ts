import MersenneTwister from 'mersenne-twister';

/** The part of CPython's `random` module that the published code samples data with. */
export interface PythonRandom {
  /** `random.getrandbits(bits)`, 1 ≤ bits ≤ 32. */
  bits(bits: number): number;
  /** `random.random()`: a number in [0, 1) with 53 random bits. */
  next(): number;
  /** An integer in [0, below): CPython's `_randbelow_with_getrandbits`, 1 ≤ below < 2³². */
  integer(below: number): number;
  /** `random.sample(items, k)`: k different items, in CPython's order. */
  sample<T>(items: readonly T[], k: number): T[];
  /** `random.shuffle(items)`, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * A generator in the state of CPython after `random.seed(seed)`, for integer seeds.
 *
 * Written from the documented algorithm (the Mersenne Twister of Matsumoto and Nishimura, 1998, seeded by
 * `init_by_array` with the 32-bit digits of |seed|) and CPython's `Lib/random.py`; equal to Python 3.2 and later.
 *
 * @param seed an integer with |seed| ≤ 2⁵³ − 1
 * @throws RangeError if the seed is not such an integer
 *
 * @example
 * ```ts
 * import { pythonRandom } from '@dgprompt/datasets';
 *
 * console.log(pythonRandom(1).sample(['a', 'b', 'c', 'd'], 2)); // [ 'b', 'c' ]
 * ```
 */
export function pythonRandom(seed: number): PythonRandom {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed must be an integer, not ${seed}.`);
  const size = Math.abs(seed);
  const high = Math.floor(size / 2 ** 32);
  const generator = new MersenneTwister(high > 0 ? [size >>> 0, high] : [size >>> 0]);

  const bits = (count: number) => generator.random_int() >>> (32 - count);

  const next = () => (bits(27) * 2 ** 26 + bits(26)) / 2 ** 53;

  function integer(below: number): number {
    const width = 32 - Math.clz32(below);
    let drawn = bits(width);
    while (drawn >= below) drawn = bits(width);
    return drawn;
  }

  function sample<T>(items: readonly T[], k: number): T[] {
    const n = items.length;
    if (k < 0 || k > n) throw new RangeError(`Cannot sample ${k} of ${n} items.`);
    // CPython has two ways, which draw different numbers: a pool if that takes less memory than a set of k, else a set.
    let setSize = 21;
    if (k > 5) setSize += 4 ** Math.ceil(Math.log(k * 3) / Math.log(4));
    return n <= setSize ? sampleFromPool(items, k) : sampleWithSet(items, k);
  }

  function sampleFromPool<T>(items: readonly T[], k: number): T[] {
    const pool = [...items];
    return Array.from({ length: k }, (_, i) => {
      const j = integer(pool.length - i);
      const drawn = pool[j] as T;
      pool[j] = pool[pool.length - i - 1] as T;
      return drawn;
    });
  }

  function sampleWithSet<T>(items: readonly T[], k: number): T[] {
    const seen = new Set<number>();
    return Array.from({ length: k }, () => {
      let j = integer(items.length);
      while (seen.has(j)) j = integer(items.length);
      seen.add(j);
      return items[j] as T;
    });
  }

  function shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  return { bits, next, integer, sample, shuffle };
}
