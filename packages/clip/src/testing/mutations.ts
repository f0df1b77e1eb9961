/** What the fuzz tests share. No part of the package. */

/** A generator of whole numbers below n. */
export function dice(seed: number): (n: number) => number {
  let state = seed;
  return n => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % n;
  };
}

/**
 * The bytes with a few things done to them: bits flipped, bytes set, runs cut out, doubled or made up, the end cut off.
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
