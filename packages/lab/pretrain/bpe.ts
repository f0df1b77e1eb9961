/** Pieces of text that merges never cross: words, single digits, runs of other characters (as in CLIP's tokenizer). */
export const piecePattern = '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+';

/** GPT-2's printable substitutes for the 256 bytes, in CLIP's order. */
export function byteAlphabet(): string[] {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  const rest = range(0, 255).filter(b => !printable.includes(b));
  return [...printable.map(b => String.fromCharCode(b)), ...rest.map((_, i) => String.fromCharCode(256 + i))];
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/**
 * Symbols of a word, the last one marked as its end. The corpus is ASCII, where a byte's substitute is the character
 * itself.
 */
const symbols = (word: string): string[] => [...word].map((c, i, all) => (i === all.length - 1 ? `${c}</w>` : c));

/**
 * Learns byte-pair merges (Sennrich et al., ACL 2016): repeatedly merges the most frequent pair, with ties in
 * alphabetical order.
 *
 * @param counts words with their frequencies
 * @param merges the most merges to learn; stops if no pair occurs twice
 */
export function learnMerges(counts: ReadonlyMap<string, number>, merges: number): [string, string][] {
  const words = [...counts].map(([word, count]) => ({ parts: symbols(word), count }));
  const pairs = new Map<string, { count: number; words: Set<number> }>();
  const key = (a: string, b: string) => `${a} ${b}`;
  const change = (index: number, sign: 1 | -1) => {
    const { parts, count } = words[index]!;
    for (let i = 0; i + 1 < parts.length; i++) {
      const k = key(parts[i]!, parts[i + 1]!);
      let pair = pairs.get(k);
      if (!pair) {
        pair = { count: 0, words: new Set() };
        pairs.set(k, pair);
      }
      pair.count += sign * count;
      if (sign > 0) pair.words.add(index);
    }
  };
  words.forEach((_, i) => {
    change(i, 1);
  });
  const learned: [string, string][] = [];
  while (learned.length < merges) {
    let best = '';
    let bestCount = 1;
    for (const [k, { count }] of pairs) {
      if (count > bestCount || (count === bestCount && best !== '' && k < best)) [best, bestCount] = [k, count];
    }
    if (best === '') break;
    const [a, b] = best.split(' ') as [string, string];
    for (const index of [...pairs.get(best)!.words]) {
      change(index, -1);
      words[index]!.parts = merged(words[index]!.parts, a, b);
      change(index, 1);
    }
    pairs.delete(best);
    learned.push([a, b]);
  }
  return learned;
}

function merged(parts: readonly string[], a: string, b: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === a && parts[i + 1] === b) {
      out.push(a + b);
      i++;
    } else out.push(parts[i]!);
  }
  return out;
}

/** A `tokenizer.json` in CLIP's format: bytes, bytes at a word's end, merges, and the start and end tokens last. */
export function tokenizerJson(merges: readonly [string, string][]) {
  const alphabet = byteAlphabet();
  const tokens = [...alphabet, ...alphabet.map(c => `${c}</w>`), ...merges.map(([a, b]) => a + b)];
  const vocab = Object.fromEntries([...new Set(tokens)].map((t, i) => [t, i]));
  const start = Object.keys(vocab).length;
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const [from, to] = ['<|startoftext|>', '<|endoftext|>'];
  const [fromToken, toToken] = [from, to].map(id => ({ SpecialToken: { id, type_id: 0 } }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(start, from), special(start + 1, to)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFD' },
        { type: 'StripAccents' },
        { type: 'Replace', pattern: { String: '’' }, content: "'" },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: piecePattern }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [fromToken, { Sequence: { id: 'A', type_id: 0 } }, toToken],
      pair: [fromToken, { Sequence: { id: 'A', type_id: 0 } }, toToken, { Sequence: { id: 'B', type_id: 1 } }, toToken],
      special_tokens: {
        [from]: { id: from, ids: [start], tokens: [from] },
        [to]: { id: to, ids: [start + 1], tokens: [to] },
      },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: to,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: { ...vocab, [from]: start, [to]: start + 1 },
      merges: merges.map(([a, b]) => `${a} ${b}`),
    },
  };
}
