import { type ClipTokenizer, checkLength, tokenRow } from './tokenizer.js';

/** One position of a prompt: a token id, or, below zero, a learned vector: -1 is the first context token, -2 the second. */
export type Slot = number;

/** Where and around which words a learned context stands. */
export interface ContextPlace {
  /** M, the number of context tokens. */
  tokens: number;
  /** Where the class name stands: behind the context (default), in its middle, or in front of it. */
  position?: 'end' | 'middle' | 'front';
  /**
   * A hand-written template whose first words the context takes the place of, `{}` where the class name goes. Words before
   * the name beyond the M first stay as they are: "a photo of a {}." with M = 2 learns "a photo". Default: "{}.".
   */
  words?: string;
}

/** The index of the context token in a slot, or undefined where the slot is a word's. */
export function contextIndex(slot: Slot): number | undefined {
  return slot < 0 ? -1 - slot : undefined;
}

/** A hand-written prompt for each class, start and end tokens included. Underscores in names are read as spaces, as published. */
export function wordRows(
  tokenizer: ClipTokenizer,
  classNames: readonly string[],
  template: string,
  contextLength: number,
  truncate = false,
): Slot[][] {
  return classNames.map(name => tokenRow(tokenizer, fillTemplate(template, name), contextLength, truncate));
}

/** A prompt with learned context for each class, laid out as CoOp (Zhou et al., 2022) and MaPLe (Khattak et al., 2023) lay it. */
export function contextRows(
  tokenizer: ClipTokenizer,
  classNames: readonly string[],
  { tokens, position = 'end', words = '{}.' }: ContextPlace,
  contextLength: number,
): Slot[][] {
  const context = Array.from({ length: tokens }, (_, m): Slot => -1 - m);
  const wordsBefore = tokenizer.encode(words.slice(0, words.indexOf('{}'))).length;
  return classNames.map(name => {
    const text = fillTemplate(words, name);
    const ids = tokenizer.encode(text);
    const kept = ids.slice(Math.min(tokens, wordsBefore), wordsBefore);
    const nameEnd = wordsBefore + tokenizer.encode(fillTemplate('{}', name)).length;
    const named = [...kept, ...ids.slice(wordsBefore, nameEnd)];
    const before = position === 'front' ? 0 : position === 'middle' ? Math.floor(tokens / 2) : tokens;
    const row = [
      tokenizer.start,
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
 * A template with the class name in it.
 * @throws if the template has no `{}`
 */
export function fillTemplate(template: string, name: string): string {
  if (!template.includes('{}'))
    throw new Error(`The template "${template}" has no {} for the class name, as in "a photo of a {}.".`);
  return template.split('{}').join(name.replaceAll('_', ' '));
}
