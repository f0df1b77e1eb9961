import type { Clip, ContextPlace } from '@dgprompt/clip';
import { contextRows } from '@dgprompt/clip/text';

/**
 * Checks that a learned context fits into the text tower with every class name.
 * @throws one sentence naming the longest prompt's class, and the number of context tokens that fit
 */
export function checkContextLength(
  method: string,
  { tokenizer, config }: Pick<Clip, 'tokenizer' | 'config'>,
  { tokens, position, words }: ContextPlace,
  classNames: readonly string[],
): void {
  const { contextLength } = config.text;
  const rows = contextRows(tokenizer, classNames, { tokens, position, words }, Number.POSITIVE_INFINITY);
  const longest = rows.reduce((most, row, c) => (row.length > rows[most]!.length ? c : most), 0);
  const excess = rows[longest]!.length - contextLength;
  if (excess <= 0) return;
  const room = tokens - excess;
  const advice = room > 0 ? `give at most ${room} context tokens, or a shorter name` : 'give a shorter name';
  throw new Error(
    `${method}: ${tokens} context tokens and the class name "${classNames[longest]}" make a prompt of ${rows[longest]!.length} tokens, and this CLIP takes ${contextLength}; ${advice}.`,
  );
}
