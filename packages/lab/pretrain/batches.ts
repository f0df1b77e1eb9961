import { place, shake } from './augment.js';
import { caption } from './captions.js';
import type { Corpus } from './corpus.js';
import { paintColoured, paintMonochrome, randomGround } from './paint.js';
import { randomStream } from './random.js';
import { bytesOf, side } from './render.js';

export { batchStream } from './batch-stream.js';
export { type Corpus, openCorpus } from './corpus.js';

/** Tokens per caption row: longer captions are cut but keep their end token. */
export const captionLength = 16;

/** Pictures and captions of one pretraining step. */
export interface Batch {
  /** [B, 3, R, R], normalised as CLIP does. */
  pixels: Float32Array<ArrayBuffer>;
  /** [B, 16], padded with 0 after the end token. */
  tokens: Int32Array<ArrayBuffer>;
  /** [B], position of the end token in its row. */
  ends: Int32Array<ArrayBuffer>;
  /** [B], equal for pairs with the same concept or the same caption. */
  group: Int32Array<ArrayBuffer>;
  /** [B], index in the corpus of the emoji in a picture; -1 for anything else. */
  emoji: Int32Array<ArrayBuffer>;
  /**
   * [B, 1 + keep], indices of the tokens of a picture that the vision tower sees: the class token (0), then random
   * patches.
   */
  kept: Int32Array<ArrayBuffer>;
}

export interface BatchOptions {
  seed: number;
  /** Pairs in a batch. */
  size: number;
  /** Side of the pictures in pixels. */
  imageSize: number;
  /** Patches per picture. */
  patches: number;
  /** Patches per picture that the vision tower sees. */
  keep: number;
  /** Share of the pairs with emoji. */
  emojiShare: number;
  /** Share of the emoji pairs that come from the two families of the batch. */
  familyShare: number;
}

/**
 * The batch of a step: a pure function of corpus, seed and step, so that a run resumes exactly.
 *
 * Includes emoji from two families of related ones, because zero-shot tasks require distinguishing related classes.
 */
export function batch(
  corpus: Corpus,
  { step, seed, size, imageSize, patches, keep, emojiShare, familyShare }: BatchOptions & { step: number },
): Batch & { captions: string[]; entries: number[] } {
  const random = randomStream(seed, step);
  const entries = chooseEntries(corpus, size, { emojiShare, familyShare }, random);
  const pixels = new Float32Array(size * 3 * imageSize * imageSize); // [B, 3, R, R]
  const drawing = new Float32Array(side * side * 4); // [64, 64, 4]
  const picture = new Float32Array(imageSize * imageSize * 3); // [R, R, 3]
  entries.forEach((entry, i) => {
    const { kind } = corpus.entries[entry]!;
    const from = corpus.offsets[entry]!;
    const bytes = corpus.bytes.subarray(from, from + bytesOf(kind));
    const ground = randomGround(random);
    if (kind === 'monochrome') paintMonochrome(bytes, ground, random, drawing);
    else paintColoured(bytes, drawing);
    place(drawing, ground, imageSize, random, picture);
    shake(picture, imageSize, random, pixels, i * 3 * imageSize * imageSize);
  });
  const captions = entries.map(entry => caption(corpus.named[entry]!, random));
  const group = groups(
    entries.map(entry => corpus.concept[entry]!),
    captions,
  );
  const emoji = Int32Array.from(entries, entry => corpus.entries[entry]!.emoji ?? -1);
  const kept = keepSome(size, patches, keep, random);
  return { pixels, ...encodeAll(corpus, captions), group, emoji, kept, captions, entries };
}

function keepSome(size: number, patches: number, keep: number, random: () => number): Int32Array<ArrayBuffer> {
  const kept = new Int32Array(size * (1 + keep)); // [B, 1 + keep]
  const places = Int32Array.from({ length: patches }, (_, i) => i + 1);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < keep; k++) {
      const other = k + Math.floor(random() * (patches - k));
      [places[k], places[other]] = [places[other]!, places[k]!];
    }
    kept.set(places.subarray(0, keep), row * (1 + keep) + 1);
  }
  return kept;
}

function chooseEntries(
  corpus: Corpus,
  size: number,
  { emojiShare, familyShare }: Pick<BatchOptions, 'emojiShare' | 'familyShare'>,
  random: () => number,
): number[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const emojiCount = Math.round(size * emojiShare);
  const familyCount = Math.round(emojiCount * familyShare);
  const shown: number[] = [];
  for (const [from, to] of [
    [0, Math.ceil(familyCount / 2)],
    [Math.ceil(familyCount / 2), familyCount],
  ] as const) {
    const family = shuffled(pick(random() < 0.4 ? corpus.families.small : corpus.families.large), random);
    for (let i = from; i < to; i++) shown.push(family[(i - from) % family.length]!);
  }
  while (shown.length < emojiCount) shown.push(pick(corpus.drawn));
  const entries = shown.map(e => pick(corpus.pictures[e]![pictureKind(corpus.pictures[e]!, random)]!));
  const total = corpus.iconWeights.at(-1)!;
  while (entries.length < size) entries.push(corpus.icons[lowerBound(corpus.iconWeights, random() * total)]!);
  return entries;
}

/** Probabilities of an emoji's picture: from an emoji style, a coloured set, a monochrome set, or of a kind of it. */
const kindChances = [0.55, 0.2, 0.19, 0.06];

function pictureKind(pictures: readonly number[][], random: () => number): number {
  const chances = kindChances.map((c, k) => (pictures[k]!.length > 0 ? c : 0));
  let left = random() * chances.reduce((a, b) => a + b);
  for (let k = 0; k < 4; k++) {
    left -= chances[k]!;
    if (left < 0 && chances[k]! > 0) return k;
  }
  return chances.findLastIndex(c => c > 0);
}

function shuffled(list: readonly number[], random: () => number): number[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

function lowerBound(sums: Float64Array, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Concepts, merging those with an identical caption. */
function groups(concepts: readonly number[], captions: readonly string[]): Int32Array<ArrayBuffer> {
  const parent = new Map<number, number>();
  const root = (g: number): number => {
    const up = parent.get(g);
    return up === undefined ? g : root(up);
  };
  const first = new Map<string, number>();
  captions.forEach((text, i) => {
    const other = first.get(text);
    if (other === undefined) first.set(text, concepts[i]!);
    else if (root(other) !== root(concepts[i]!)) parent.set(root(concepts[i]!), root(other));
  });
  return Int32Array.from(concepts, root);
}

function encodeAll(corpus: Corpus, captions: readonly string[]): Pick<Batch, 'tokens' | 'ends'> {
  const tokens = new Int32Array(captions.length * captionLength); // [B, T]
  const ends = new Int32Array(captions.length); // [B]
  captions.forEach((text, i) => {
    const ids = corpus.encode(text).slice(0, captionLength - 2);
    tokens.set([corpus.startToken, ...ids, corpus.endToken], i * captionLength);
    ends[i] = ids.length + 1;
  });
  return { tokens, ends };
}
