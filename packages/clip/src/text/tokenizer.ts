import { Tokenizer } from '@huggingface/tokenizers';
import * as tf from '@tensorflow/tfjs';

/** Text to the ids of a CLIP's vocabulary. */
export interface ClipTokenizer {
  /** The ids of a text, without start and end tokens. */
  encode(text: string): number[];
  /** The start token's id. */
  start: number;
  /** The end token's id: the largest there is. */
  end: number;
  /** What stands in the vocabulary for an id: `dog`, or `do…` where a word goes on behind it. Tokenizers of one's own may lack it. */
  word?(id: number): string | undefined;
}

/**
 * A tokenizer from the contents of a Hugging Face `tokenizer.json`.
 * @param name of the file, for the error sentence
 * @throws a sentence if it has no start or end token, or if the end token's id is not the largest
 */
export function tokenizerFromJson(json: object, name = 'tokenizer.json'): ClipTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json, {});
  } catch (cause) {
    throw new Error(`${name} is not a tokenizer that can be used: ${(cause as Error).message.split('\n')[0]}.`, {
      cause,
    });
  }
  const vocabulary = tokenizer.get_vocab();
  const find = (word: RegExp) => [...vocabulary].find(([token]) => word.test(token))?.[1];
  const start = find(/^<.*start_?of_?text.*>$/);
  const end = find(/^<.*end_?of_?text.*>$/);
  if (start === undefined || end === undefined)
    throw new Error(`${name} has no start token or no end token ("<|startoftext|>", "<|endoftext|>").`);
  for (const [token, id] of vocabulary)
    if (id > end) throw new Error(`${name}: "${token}" has a larger id than the end token, which CLIP does not allow.`);
  let words: Map<number, string> | undefined;
  const word = (id: number) => {
    words ??= new Map([...vocabulary].map(([token, index]) => [index, readable(token)]));
    return words.get(id);
  };
  return { start, end, word, encode: text => tokenizer.encode(text, { add_special_tokens: false }).ids };
}

/** CLIP's vocabulary marks what ends a word. */
function readable(token: string): string {
  if (/^<\|?.*\|?>$/.test(token)) return token;
  return token.endsWith('</w>') ? token.slice(0, -'</w>'.length) : `${token}…`;
}

/** Token rows as a text tower takes them. */
export interface TokenRows {
  tokens: tf.Tensor2D; // int32 [C, T], zeros after the end tokens
  ends: tf.Tensor1D; // int32 [C]
}

/**
 * Texts as padded token rows: start token, the text, end token, then zeros.
 * @param length T; default: as long as the longest row
 * @param options.truncate cut texts that do not fit into `length` tokens. Default: false
 * @throws naming the first text that does not fit into `length` tokens
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

/**
 * The row of a text: start token, words, end token. With `truncate`, what does not fit is cut off and the row ends in the end token
 * (`clip.tokenize(…, truncate=True)` of the published code).
 * @throws naming the text if it does not fit and is not to be cut
 */
export function tokenRow(tokenizer: ClipTokenizer, text: string, length: number, truncate = false): number[] {
  const row = [tokenizer.start, ...tokenizer.encode(text), tokenizer.end];
  if (truncate && row.length > length) return [...row.slice(0, length - 1), tokenizer.end];
  checkLength(text, row.length, length);
  return row;
}

/** @throws naming the text if it takes more tokens, start and end included, than the model has positions for */
export function checkLength(text: string, tokens: number, contextLength: number): void {
  if (tokens > contextLength)
    throw new Error(
      `"${text}" is ${tokens} tokens long; this CLIP takes ${contextLength} at most. Shorten the text, or ask for truncate.`,
    );
}
