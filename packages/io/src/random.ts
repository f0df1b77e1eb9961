/** A seeded stream of random numbers: the same seed gives the same numbers on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from 0 to n - 1. */
  integer(n: number): number;
  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(array: readonly T[]): T[];
  /**
   * Another stream of the same seed, by name: `fork('views', epoch)`. It depends only on the seed and the name, not on
   * the numbers drawn before, and shares no numbers with other streams of the seed.
   */
  fork(...name: readonly (string | number)[]): RandomStream;
}

/**
 * A random stream with 128 bits of state: sfc32 from PractRand (Doty-Humphrey), seeded with a counter and twelve
 * rounds; a fork's name is mixed in one character at a time.
 *
 * @param seed a whole number
 *
 * @example
 * ```ts
 * import { randomStream } from '@dgprompt/io';
 *
 * const random = randomStream(1);
 * const views = random.fork('views', 3);
 * console.log(views.next() === randomStream(1).fork('views', 3).next()); // true
 * console.log(views.next() === random.fork('order', 3).next()); // false
 * ```
 */
export const randomStream = (seed: number): RandomStream => stream(seed, '');

function stream(seed: number, name: string): RandomStream {
  let a = 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const word = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const mix = (rounds: number) => {
    for (let i = 0; i < rounds; i++) word();
  };
  mix(12);
  for (let i = 0; i < name.length; i++) {
    b ^= name.charCodeAt(i);
    mix(2);
  }
  if (name) mix(12);

  const next = () => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
  const integer = (n: number) => Math.floor(next() * n);
  return {
    next,
    integer,
    shuffle: array => {
      const result = [...array];
      for (let i = result.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
    fork: (...parts) => stream(seed, name + JSON.stringify(parts)),
  };
}
