import type { Picture } from '../colour.js';
import { rotated, shearedAcross, shearedDown, shifted } from './affine.js';
import { equalized, posterized, solarized, stretched } from './tones.js';

/** An operation before the picture is known: numbers in [0, 1) that determine it. */
interface OperationDraws {
  operation: number;
  level: number;
  sign: number;
}

/** AugMix before the picture is known. */
export interface AugMixDraws {
  /** Shares of the chains, which add up to 1. */
  weights: readonly number[];
  /** Share of the picture itself, in [0, 1). */
  unchanged: number;
  chains: readonly (readonly OperationDraws[])[];
}

const CHAINS = 3;
const LONGEST = 3;

/** Draws the numbers for one picture, always equally many: Dirichlet(1, 1, 1) and uniform shares, chains of 1 to 3. */
export function drawAugMix(random: { next(): number }): AugMixDraws {
  const exponentials = Array.from({ length: CHAINS }, () => -Math.log(1 - random.next()));
  const sum = exponentials.reduce((total, one) => total + one, 0);
  const unchanged = random.next();
  const chains = Array.from({ length: CHAINS }, () => {
    const length = 1 + Math.floor(random.next() * LONGEST);
    const all = Array.from({ length: LONGEST }, () => ({
      operation: random.next(),
      level: random.next(),
      sign: random.next(),
    }));
    return all.slice(0, length);
  });
  return { weights: exponentials.map(one => (sum > 0 ? one / sum : 1 / CHAINS)), unchanged, chains };
}

/** `level` in [0.1, 1]; `signed` gives a number a random sign. */
type Operation = (picture: Picture, level: number, signed: (value: number) => number) => Picture;

/** At severity 1: strengths are a tenth of the largest ones, times the level. */
const operations: readonly Operation[] = [
  picture => stretched(picture),
  picture => equalized(picture),
  (picture, level) => posterized(picture, 4 - Math.trunc(level * 0.4)),
  (picture, level, signed) => rotated(picture, signed(Math.trunc(level * 3)), 'bilinear'),
  (picture, level) => solarized(picture, 256 - Math.trunc(level * 25.6)),
  (picture, level, signed) => shearedAcross(picture, signed(level * 0.03), 'bilinear'),
  (picture, level, signed) => shearedDown(picture, signed(level * 0.03), 'bilinear'),
  (picture, level, signed) => shifted(picture, signed(Math.trunc((level * picture.width) / 30)), 0, 'bilinear'),
  (picture, level, signed) => shifted(picture, 0, signed(Math.trunc((level * picture.width) / 30)), 'bilinear'),
];

/**
 * AugMix (Hendrycks et al., ICLR 2020) at severity 1, as TPT's published code uses it: the picture, mixed with the
 * weighted results of three chains of operations.
 *
 * @param picture a square of the model's input size
 * @param normalise gives the pixels of a picture, in which they are mixed
 */
export function augMix(
  picture: Picture,
  { weights, unchanged, chains }: AugMixDraws,
  normalise: (picture: Picture) => Float32Array,
): Float32Array {
  const mixed = normalise(picture);
  for (let j = 0; j < mixed.length; j++) mixed[j]! *= unchanged;
  for (const [i, chain] of chains.entries()) {
    const share = (1 - unchanged) * weights[i]!;
    const changed = normalise(chain.reduce(operated, picture));
    for (let j = 0; j < mixed.length; j++) mixed[j]! += share * changed[j]!;
  }
  return mixed;
}

function operated(picture: Picture, { operation, level, sign }: OperationDraws): Picture {
  const signed = (value: number) => (sign > 0.5 ? -value : value);
  return operations[Math.floor(operation * operations.length)]!(picture, 0.1 + 0.9 * level, signed);
}
