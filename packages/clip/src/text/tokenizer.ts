import { printable } from '@dgprompt/io';
import { Tokenizer } from '@huggingface/tokenizers';
import * as tf from '@tensorflow/tfjs-core';
import { stoppable } from '../runtime/stoppable.js';
import { checkVocabulary, tokenizerBudget } from './tokenizer-budget.js';

/** Converts text to ids of a CLIP's vocabulary. */
export interface ClipTokenizer {
  /** The ids of a text, without start and end tokens. */
  encode(text: string): number[];
  /** The start token's id; undefined if texts have none. */
  start?: number;
  /** The end token's id; the largest of all, unless the CLIP's config names another. */
  end: number;
  /** The id that texts are padded with, if the tokenizer has one; the CLIP's config takes precedence. */
  pad?: number;
  /** The text of an id: `dog`, or `do…` if the word continues. Optional. */
  word?(id: number): string | undefined;
}

/**
 * Makes a tokenizer from the contents of a Hugging Face `tokenizer.json`: CLIP's, or one with a template that ends
 * texts (SentencePiece, Gemma, BERT).
 *
 * @param name of the file, for errors
 * @param specials the words of start and end token, for a file without a template
 * @throws a sentence if it has no end token, if the id of CLIP's is not the largest, or if it would take minutes or
 *   gigabytes; its patterns are stopped after five seconds, also in later calls
 *
 * @example
 * ```ts
 * import { tokenizerFromJson } from '@dgprompt/clip/text';
 * import { readText } from '@dgprompt/io';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const tokenizer = tokenizerFromJson(JSON.parse(await readText(`${miniClip}/tokenizer.json`)));
 * console.log(tokenizer.encode('a cat').length); // 2
 * ```
 */
export function tokenizerFromJson(
  json: object,
  name = 'tokenizer.json',
  specials: { start?: string; end?: string } = {},
): ClipTokenizer {
  const refuse = (cause: unknown) => {
    const slip = cause instanceof TypeError || cause instanceof RangeError || /: undefined|: null/.test(String(cause));
    const why = slip ? 'it is damaged' : messageOf(cause);
    return new Error(`${name} is not a supported tokenizer: ${why}.`, { cause });
  };
  let tokenizer: Tokenizer;
  let vocabulary: Map<string, number>;
  let isKnown: boolean;
  try {
    checkVocabulary(json);
    ({ isKnown } = tokenizerBudget(json));
    [tokenizer, vocabulary] = stoppable(
      () => {
        const made = new Tokenizer(json, {});
        return [made, made.get_vocab()];
      },
      LONGEST,
      () => new Error(`making it takes more than ${LONGEST / 1000} seconds`),
    );
  } catch (cause) {
    throw refuse(cause);
  }
  const { start, end, largest } = endsOf(tokenizer, vocabulary, name, specials);
  let words: Map<number, string> | undefined;
  const word = (id: number) => {
    words ??= new Map([...vocabulary].map(([token, index]) => [index, readable(token ?? '')]));
    return words.get(id);
  };
  const plain = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const encode = (text: string) => {
    const shown = `"${printable(text, 60)}"`;
    let ids: number[];
    try {
      const late = () => new Error(`it takes more than ${LONGEST / 1000} seconds`);
      ids = isKnown ? plain(text) : stoppable(() => plain(text), LONGEST, late);
    } catch (cause) {
      const why = cause instanceof TypeError || cause instanceof RangeError ? 'it is damaged' : messageOf(cause);
      throw new Error(`${name} cannot split ${shown} into tokens: ${why}.`, { cause });
    }
    if (ids.every(id => Number.isInteger(id) && id >= 0 && id <= largest)) return ids;
    throw new Error(`${name} gives ${shown} tokens that are not in its vocabulary.`);
  };
  const { pad_id: pad } = ((json as Record<string, unknown>).padding ?? {}) as { pad_id?: unknown };
  return { start, end, pad: typeof pad === 'number' ? pad : undefined, word, encode };
}

/** Start and end token, and the largest id of all. */
function endsOf(
  tokenizer: Tokenizer,
  vocabulary: ReadonlyMap<string | undefined, number>,
  name: string,
  specials: { start?: string; end?: string },
): { start?: number; end: number; largest: number } {
  const find = (word: RegExp) => [...vocabulary].find(([token]) => word.test(token ?? ''))?.[1];
  const [clipStart, clipEnd] = [find(/^<.*start_?of_?text.*>$/), find(/^<.*end_?of_?text.*>$/)];
  if (clipStart !== undefined && clipEnd !== undefined) {
    for (const [token, id] of vocabulary)
      if (token !== undefined && id > clipEnd)
        throw new Error(
          `${name}: "${printable(token)}" has a larger id than the end token, which CLIP does not allow.`,
        );
    return { start: clipStart, end: clipEnd, largest: clipEnd };
  }
  const named = (word: string | undefined) => (word === undefined ? undefined : vocabulary.get(word));
  const template = templateEnds(tokenizer);
  const start = template.start ?? named(specials.start);
  const end = template.end ?? named(specials.end);
  if (end === undefined)
    throw new Error(
      `${name} has no end token: neither CLIP's "<|endoftext|>" nor a template that ends texts; add one, or the tokenizer_config.json that names it.`,
    );
  let largest = end;
  for (const id of vocabulary.values()) largest = Math.max(largest, id);
  return { start, end, largest };
}

/** The tokens that a tokenizer's template puts before and after a text. */
function templateEnds(tokenizer: Tokenizer): { start?: number; end?: number } {
  const ids = (special: boolean) => tokenizer.encode('a', { add_special_tokens: special }).ids;
  const [plain, whole] = stoppable(
    () => [ids(false), ids(true)] as const,
    LONGEST,
    () => new Error(`it takes more than ${LONGEST / 1000} seconds`),
  );
  const extra = whole.length - plain.length;
  const before = Array.from({ length: extra + 1 }, (_, i) => i).find(i => plain.every((id, k) => whole[i + k] === id));
  if (before === undefined) return {};
  return { start: whole[before - 1], end: before === extra ? undefined : whole[before + plain.length] };
}

/** Maximum milliseconds for making a tokenizer, and for one text, which normally takes less than a thousandth. */
const LONGEST = 5_000;

const messageOf = (cause: unknown): string => printable(String((cause as Error).message)).replace(/\.$/, '');

/** CLIP's vocabulary marks tokens that end a word. */
function readable(token: string): string {
  if (/^<\|?.*\|?>$/.test(token)) return token;
  return token.endsWith('</w>') ? token.slice(0, -'</w>'.length) : `${token}…`;
}

/** Token rows, the input of a text tower. */
export interface TokenRows {
  tokens: tf.Tensor2D; // int32 [C, T], zeros after the end tokens
  ends: tf.Tensor1D; // int32 [C]
}

/**
 * Texts as padded token rows: start token, the text, end token, then zeros.
 *
 * @param length T; defaults to the longest row
 * @param options.truncate cut texts that do not fit into `length` tokens; default false
 * @throws a sentence naming the first text that does not fit into `length` tokens
 *
 * @example
 * ```ts
 * import { clipVocabulary, tokenRows } from '@dgprompt/clip/text';
 *
 * const { tokens, ends } = tokenRows(await clipVocabulary(), ['a cat', 'an old dog']);
 * console.log(tokens.shape, ends.arraySync()); // [ 2, 5 ] [ 3, 4 ]
 * ```
 */
export function tokenRows(
  tokenizer: ClipTokenizer,
  texts: readonly string[],
  length?: number,
  { truncate = false } = {},
): TokenRows {
  const rows = texts.map(text => tokenRow(tokenizer, text, length ?? Number.POSITIVE_INFINITY, truncate));
  const width = length ?? Math.max(...rows.map(row => row.length));
  const tokens = new Int32Array(rows.length * width);
  rows.forEach((row, i) => {
    tokens.set(row, i * width);
  });
  const ends = rows.map(row => row.length - 1);
  return { tokens: tf.tensor2d(tokens, [rows.length, width], 'int32'), ends: tf.tensor1d(ends, 'int32') };
}

/** The start token, if texts have one. */
export const startOf = ({ start }: ClipTokenizer): number[] => (start === undefined ? [] : [start]);

/** 1 if texts have a start token, else 0. */
export const startTokens = ({ start }: ClipTokenizer): 0 | 1 => (start === undefined ? 0 : 1);

/**
 * The row of a text: start token, words, end token. With `truncate`, the row is cut and ends in the end token (as in
 * `clip.tokenize(…, truncate=True)` of the published code).
 *
 * @throws a sentence naming the text if it does not fit without `truncate`
 */
export function tokenRow(tokenizer: ClipTokenizer, text: string, length: number, truncate = false): number[] {
  const row = [...startOf(tokenizer), ...tokenizer.encode(text), tokenizer.end];
  if (truncate && row.length > length) return [...row.slice(0, length - 1), tokenizer.end];
  checkLength(text, row.length, length);
  return row;
}

/** @throws a sentence naming the text if it has more tokens, with start and end, than the model has positions */
export function checkLength(text: string, tokens: number, contextLength: number): void {
  if (tokens > contextLength)
    throw new Error(
      `"${text}" is ${tokens} tokens long; this CLIP takes at most ${contextLength}. Shorten the text, or set truncate.`,
    );
}
