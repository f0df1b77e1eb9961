import { printable } from '@dgprompt/io';
import { Tokenizer } from '@huggingface/tokenizers';
import * as tf from '@tensorflow/tfjs';
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
  /** The text of an id: `dog`, or `do…` if the word continues. Optional. */
  word?(id: number): string | undefined;
}

/**
 * A tokenizer from the contents of a Hugging Face `tokenizer.json`.
 *
 * @param name of the file, for errors
 * @throws a sentence if it has no start or end token, if the end token's id is not the largest, or if it would take
 *   minutes or gigabytes; its patterns are stopped after five seconds, also later
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
export function tokenizerFromJson(json: object, name = 'tokenizer.json'): ClipTokenizer {
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
  const find = (word: RegExp) => [...vocabulary].find(([token]) => word.test(token))?.[1];
  const start = find(/^<.*start_?of_?text.*>$/);
  const end = find(/^<.*end_?of_?text.*>$/);
  if (start === undefined || end === undefined)
    throw new Error(`${name} has no start token or no end token ("<|startoftext|>", "<|endoftext|>").`);
  for (const [token, id] of vocabulary as Map<string | undefined, number>)
    if (token !== undefined && id > end)
      throw new Error(`${name}: "${printable(token)}" has a larger id than the end token, which CLIP does not allow.`);
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
    if (ids.every(id => Number.isInteger(id) && id >= 0 && id <= end)) return ids;
    throw new Error(`${name} gives ${shown} tokens that are not in its vocabulary.`);
  };
  return { start, end, word, encode };
}

/** Milliseconds for making a tokenizer, and for one text: it takes less than a thousandth. */
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
