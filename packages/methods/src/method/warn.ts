import type { Clip } from '@dgprompt/clip';

const said = new Set<string>();

/** Prints a sentence to stderr, once per process. */
export function warnOnce(sentence: string): void {
  if (said.has(sentence)) return;
  said.add(sentence);
  console.warn(sentence);
}

/** Warns once about class names that are the same tokens to a CLIP; ImageNet's published list has such names. */
export function warnOfSameTokens({ tokenizer }: Pick<Clip, 'tokenizer'>, classNames: readonly string[]): void {
  const groups = new Map<string, string[]>();
  for (const name of classNames) {
    const key = tokenizer.encode(name.replaceAll('_', ' ')).join();
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  for (const same of groups.values())
    if (new Set(same).size > 1)
      warnOnce(
        `The classes ${same.map(name => JSON.stringify(name)).join(' and ')} are the same tokens to this CLIP, so methods that classify by names cannot tell them apart; rename or merge them.`,
      );
}
