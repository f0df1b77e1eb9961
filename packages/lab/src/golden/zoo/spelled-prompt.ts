import type { ClipTokenizer } from '@dgprompt/clip';

/**
 * Decodes a row of token ids into a prompt, with `{}` for a class name, which may keep its underscores: `a photo of a
 * {} .`. Undefined if the name is not in the row.
 */
export function spelledPrompt(tokenizer: ClipTokenizer, row: ArrayLike<number>, name: string): string | undefined {
  const all = Array.from(row);
  const ids = all.slice(1, all.indexOf(tokenizer.end));
  const words = (part: readonly number[]) =>
    part
      .map(id => tokenizer.word?.(id))
      .join(' ')
      .replaceAll('… ', ''); // `do…` continues
  for (const own of [name.replaceAll('_', ' '), name].map(text => tokenizer.encode(text))) {
    const at = ids.findIndex((_, i) => own.every((id, k) => ids[i + k] === id));
    if (at >= 0) return `${words(ids.slice(0, at))} {} ${words(ids.slice(at + own.length))}`.trim();
  }
  return undefined;
}
