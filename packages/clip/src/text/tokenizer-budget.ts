import { printable } from '@dgprompt/io';

/** Patterns of CLIP's tokenizers, which are known to terminate quickly. */
const KNOWN = new Set([
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+',
  '\\s+',
]);

/** Tokens of the largest vocabularies have some 200 letters, and cleaning makes texts only a little longer. */
const LIMITS = { token: 1000, growth: 1000, patterns: 100, ids: 10_000_000 };

/**
 * Checks what a `tokenizer.json` would do to a text, before it runs.
 *
 * @returns `isKnown`: false if it has patterns that may never end, so that it must run where it can be stopped
 * @throws a sentence without the file's name if it would make a text many times longer
 */
export function tokenizerBudget(json: unknown): { isKnown: boolean } {
  let isKnown = true;
  let growth = 1;
  let patterns = 0;
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    const { Regex, content, pattern } = value as Record<string, unknown>;
    if (Regex !== undefined && ++patterns > LIMITS.patterns)
      throw new Error(`it has more than ${LIMITS.patterns} patterns`);
    if (Regex !== undefined && !KNOWN.has(String(Regex))) isKnown = false;
    if (pattern !== undefined && typeof content === 'string') growth *= Math.max(1, content.length);
    if (growth > LIMITS.growth) throw new Error('its replacements make a text many times longer');
    for (const inner of Object.values(value)) visit(inner);
  };
  const {
    normalizer,
    pre_tokenizer: splitter,
    decoder,
    post_processor: processor,
  } = (json ?? {}) as Record<string, unknown>;
  for (const part of [normalizer, splitter, decoder, processor]) visit(part);
  return { isKnown };
}

/** @throws a sentence without the file's name for an id that is not a row of a table */
export function checkVocabulary(json: unknown): void {
  const { model, added_tokens: added } = (json ?? {}) as { model?: { vocab?: unknown }; added_tokens?: unknown };
  const vocabulary = model?.vocab;
  const all: [unknown, unknown][] =
    typeof vocabulary === 'object' && vocabulary !== null && !Array.isArray(vocabulary)
      ? Object.entries(vocabulary)
      : [];
  if (Array.isArray(added))
    for (const one of added as (Record<string, unknown> | null)[]) all.push([one?.content, one?.id]);
  for (const [token, id] of all) {
    if (typeof token !== 'string') throw new Error('one of its tokens is no text');
    if (token.length > LIMITS.token)
      throw new Error(`its token "${printable(token, 40)}" is ${token.length} letters long`);
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > LIMITS.ids)
      throw new Error(
        `its token "${printable(token, 40)}" has ${id === undefined ? 'no id' : `the id ${printable(JSON.stringify(id), 40)}`}`,
      );
  }
}
