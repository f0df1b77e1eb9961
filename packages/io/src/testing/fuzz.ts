/** Shared by the fuzz tests; not part of the package. */

/** A generator of whole numbers below n. */
export function dice(seed: number): (n: number) => number {
  let state = seed;
  return n => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % n;
  };
}

/**
 * Bytes with a few mutations: bits flipped, bytes set, runs removed, duplicated or randomised, the end cut off.
 */
export function mutated(bytes: Uint8Array, below: (n: number) => number): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let times = 1 + below(4); times > 0 && out.length > 0; times--) {
    const at = below(out.length);
    const run = Math.min(1 + below(12), out.length - at);
    switch (below(7)) {
      case 0:
        out[at]! ^= 1 << below(8);
        break;
      case 1:
        out[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)]!;
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + run)]);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at + run), out.subarray(at)]);
        break;
      case 4:
        out.fill(0xff, at, at + run);
        break;
      case 5:
        for (let i = at; i < at + run; i++) out[i] = below(256);
        break;
      default:
        if (below(4) === 0) out = out.subarray(0, at);
    }
  }
  return out;
}

/** Pieces of JSON that trip up readers. */
const PIECES = [
  ...[
    'null',
    'true',
    '-1',
    '1e999',
    '0.5',
    '9007199254740993',
    '4294967295',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '[]',
    '{}',
  ],
  ...['"__proto__"', '"constructor"', '"../x"', '"/etc/passwd"', '{"__proto__":{"a":1}}', '[[[[[[]]]]]]', '"\\u202e"'],
];

/** A JSON text with a few values replaced by other kinds of values, keys renamed, or bytes changed. */
export function mutatedJson(text: string, below: (n: number) => number): string {
  if (below(4) === 0) return new TextDecoder().decode(mutated(new TextEncoder().encode(text), below));
  let out = text;
  for (let times = 1 + below(3); times > 0; times--) {
    const values = [...out.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
    const one = values[below(Math.max(1, values.length))];
    if (!one) return out;
    out = `${out.slice(0, one.index)}${PIECES[below(PIECES.length)]}${out.slice(one.index + one[0].length)}`;
  }
  return out;
}

/** Milliseconds of work of this process so far, of all its threads: unlike a clock, it ignores other processes. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Number of mutations in a fuzz test: `few` in `npm test`, `DGPROMPT_FUZZ` in its long form. */
export const fuzzCount = (few: number): number => Number(process.env.DGPROMPT_FUZZ ?? few);

export interface FuzzOptions {
  /** Mutations in the short form. */
  few: number;
  seed: number;
  /** Milliseconds of work that one mutation may take; default 5000. */
  within?: number;
  /** Bytes that the process may grow by; default 700 MB. */
  memory?: number;
  /** Text that error messages must contain, such as the file's name. */
  names?: string;
}

/**
 * Reads one mutation after another: each must be read or rejected in one clear sentence, quickly and in little memory.
 *
 * @returns how many were read and how many rejected
 * @throws an error with the number of the mutation for any other outcome
 */
export async function fuzz(
  read: (below: (n: number) => number, i: number) => unknown,
  { few, seed, within = 5000, memory = 700e6, names }: FuzzOptions,
): Promise<{ read: number; refused: number }> {
  const below = dice(seed);
  const seen = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let i = 0; i < fuzzCount(few); i++) {
    const start = processorTime();
    try {
      await read(below, i);
      seen.read++;
    } catch (error) {
      seen.refused++;
      const { message } = error as Error;
      const isClear = !/\p{Cc}/u.test(message) && message.length < 1500 && (!names || message.includes(names));
      const isSlip =
        /undefined|\[object|is not a function|is not iterable|Cannot read prop|call stack|Invalid (array|string) length/;
      if (!isClear || isSlip.test(message)) throw new Error(`mutation ${i}: ${message}`, { cause: error });
    }
    if (processorTime() - start > within) throw new Error(`mutation ${i} took ${processorTime() - start} ms`);
  }
  const grown = process.memoryUsage().rss - before;
  if (grown > memory) throw new Error(`${fuzzCount(few)} mutations took ${Math.round(grown / 1e6)} MB`);
  return seen;
}
