import { type ClipTokenizer, checkLength, startOf, tokenRow } from './tokenizer.js';

/**
 * A position of a prompt: a token id or, below zero, a learned vector: -1 is the first context token, -2 the second.
 */
export type Slot = number;

/** The position of a learned context, and the words that it replaces. */
export interface ContextPlace {
  /** M, the number of context tokens. */
  tokens: number;
  /** Position of the class name: after the context (`end`, the default), in its middle, or before it (`front`). */
  position?: 'end' | 'middle' | 'front';
  /**
   * A hand-written template with `{}` for the class name; the context replaces its first M words, and further words
   * before the name stay: "a photo of a {}." with M = 2 learns "a photo". Default "{}.".
   */
  words?: string;
}

/** The index of the context token in a slot; undefined if the slot is a word. */
export function contextIndex(slot: Slot): number | undefined {
  return slot < 0 ? -1 - slot : undefined;
}

/** How a hand-written prompt is made of a template and a class name. */
export interface PromptText {
  /** Keep underscores in class names; default false, which makes them spaces, as in most published code. */
  keepUnderscores?: boolean;
  /** Cut prompts that are longer than the context length; default false, which throws. */
  truncate?: boolean;
}

/** A hand-written prompt for each class, with start and end tokens. */
export function wordRows(
  tokenizer: ClipTokenizer,
  classNames: readonly string[],
  template: string,
  contextLength: number,
  { truncate = false, ...text }: PromptText = {},
): Slot[][] {
  return classNames.map(name => tokenRow(tokenizer, fillTemplate(template, name, text), contextLength, truncate));
}

/**
 * A prompt with learned context for each class, in the layout of CoOp (Zhou et al., IJCV 2022) and MaPLe (Khattak et
 * al., CVPR 2023).
 *
 * @returns a row of slots per class, with start and end tokens
 * @throws a sentence naming the text that is longer than the context length
 *
 * @example
 * ```ts
 * import { clipVocabulary, contextRows } from '@dgprompt/clip/text';
 *
 * const rows = contextRows(await clipVocabulary(), ['cat'], { tokens: 2 }, 77);
 * console.log(rows); // [ [ 49406, -1, -2, 2368, 269, 49407 ] ]
 * ```
 */
export function contextRows(
  tokenizer: ClipTokenizer,
  classNames: readonly string[],
  { tokens, position = 'end', words = '{}.' }: ContextPlace,
  contextLength: number,
): Slot[][] {
  const context = Array.from({ length: tokens }, (_, m): Slot => -1 - m);
  const place = words.indexOf('{}');
  // some tokenizers make a token of a space at the end, which belongs to the name in a whole prompt
  const wordsBefore = tokenizer.encode(words.slice(0, place).trimEnd()).length;
  return classNames.map(name => {
    const text = fillTemplate(words, name);
    const ids = tokenizer.encode(text);
    const kept = ids.slice(Math.min(tokens, wordsBefore), wordsBefore);
    const nameEnd = tokenizer.encode(fillTemplate(words.slice(0, place + 2), name)).length;
    const named = [...kept, ...ids.slice(wordsBefore, nameEnd)];
    const before = position === 'front' ? 0 : position === 'middle' ? Math.floor(tokens / 2) : tokens;
    const row = [
      ...startOf(tokenizer),
      ...context.slice(0, before),
      ...named,
      ...context.slice(before),
      ...ids.slice(nameEnd),
      tokenizer.end,
    ];
    checkLength(`${text} (with ${tokens} context tokens)`, row.length, contextLength);
    return row;
  });
}

/**
 * A template with the class name in place of `{}`.
 *
 * @param options.keepUnderscores default false: underscores in the name become spaces
 * @throws a sentence if the template has no `{}`
 *
 * @example
 * ```ts
 * import { fillTemplate } from '@dgprompt/clip';
 *
 * console.log(fillTemplate('a photo of a {}.', 'tabby_cat')); // a photo of a tabby cat.
 * ```
 */
export function fillTemplate(
  template: string,
  name: string,
  { keepUnderscores = false }: Pick<PromptText, 'keepUnderscores'> = {},
): string {
  if (!template.includes('{}'))
    throw new Error(`The template "${template}" has no {} for the class name, as in "a photo of a {}.".`);
  return template.split('{}').join(keepUnderscores ? name : name.replaceAll('_', ' '));
}
