import { baseName, joinPath, sha256Hex } from '@dgprompt/io';
import type { ClipConfig } from '../config.js';
import { exists, pathKind } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { basicClean, spaced } from '../text/clean.js';
import { type ClipTokenizer, tokenizerFromJson } from '../text/tokenizer.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { checkSettings, type Json, section } from './settings.js';

/** Tokens of the vocabulary that all published CLIPs share. */
const PUBLISHED_VOCABULARY = 49408;

/** How texts are cleaned before they are split: as OpenCLIP's `clean` says, or as transformers' tokenizers do. */
type Clean = 'canonicalize' | 'whitespace' | 'lower-whitespace' | 'siglip' | 'lower' | undefined;

/** OpenCLIP's words for its ways of cleaning. */
const OPENCLIP_CLEAN: Readonly<Record<string, Clean>> = {
  canonicalize: 'canonicalize',
  whitespace: 'whitespace',
  lower: 'lower-whitespace',
};

/**
 * The tokenizer next to a checkpoint, and what identifies it.
 *
 * @param shown the checkpoint, for errors
 * @throws a sentence naming the file if its ids do not fit the embeddings
 */
export async function checkpointTokenizer(
  folder: string,
  shown: string,
  { text: { vocabSize, causal = true } }: ClipConfig,
): Promise<{ tokenizer: ClipTokenizer; named: string }> {
  const path = joinPath(folder, 'tokenizer.json');
  if (pathKind(path) === 'file') return fromFile(path, folder, shown, vocabSize, !causal);
  if (vocabSize === PUBLISHED_VOCABULARY) return { tokenizer: await clipVocabulary(), named: 'clip' };
  const tokenizer: ClipTokenizer = {
    start: vocabSize - 2,
    end: vocabSize - 1,
    encode() {
      throw new Error(
        `${baseName(shown)} has ${vocabSize} tokens, which is not CLIP's vocabulary, and "${folder}" has no tokenizer.json; add one to encode text.`,
      );
    },
  };
  return { tokenizer, named: 'none' };
}

function fromFile(path: string, folder: string, shown: string, vocabSize: number, isWhole: boolean) {
  const json = readJson(path);
  const beside = joinPath(folder, 'tokenizer_config.json');
  const settings = exists(beside) ? readJson(beside) : {};
  const openClip = openClipSettings(folder);
  const tokenizer = tokenizerFromJson(json, path, {
    start: settings.add_bos_token === true ? wordOf(settings.bos_token) : undefined,
    end: wordOf(settings.eos_token),
  });
  const end = openClip.strip ? 0 : tokenizer.end;
  if (tokenizer.end >= vocabSize)
    throw new Error(
      `${shown} has embeddings for ${vocabSize} tokens, but its tokenizer's end token is ${tokenizer.end}.`,
    );
  const clean = openClip.clean ?? cleaning(settings, isWhole);
  const facts = [end === tokenizer.end ? '' : 'end 0', clean ?? ''].filter(Boolean);
  return {
    tokenizer: { ...tokenizer, end, encode: (text: string) => tokenizer.encode(cleaned(text, clean)) },
    named: sha256Hex(JSON.stringify(json), ...facts),
  };
}

/**
 * The settings that OpenCLIP gives to the tokenizer of its `hf_tokenizer_name`.
 *
 * @throws a sentence naming the setting that is not known
 */
function openClipSettings(folder: string): { clean?: Clean; strip?: boolean } {
  const path = joinPath(folder, 'open_clip_config.json');
  if (!exists(path)) return {};
  const text = section(section(readJson(path), 'model_cfg'), 'text_cfg');
  if (!text.hf_tokenizer_name) return {};
  const given = section(text, 'tokenizer_kwargs');
  checkSettings(path, 'text_cfg.tokenizer_kwargs.', given, ['clean', 'strip_sep_token']);
  const clean = String(given.clean ?? 'whitespace');
  if (!Object.hasOwn(OPENCLIP_CLEAN, clean))
    throw new Error(
      `${path}: text_cfg.tokenizer_kwargs.clean is ${JSON.stringify(given.clean)}; it must be ${Object.keys(OPENCLIP_CLEAN).join(', ')}.`,
    );
  return { clean: OPENCLIP_CLEAN[clean], strip: given.strip_sep_token === true };
}

/**
 * SigLIP was trained on canonical texts; transformers' tokenizers canonicalise them depending on their class. Others
 * take texts unchanged.
 */
function cleaning({ tokenizer_class: name }: Json, isWhole: boolean): Clean {
  if (typeof name !== 'string' || !isWhole) return undefined;
  if (/^Siglip2?Tokenizer/.test(name)) return name.startsWith('Siglip2') ? 'lower' : 'siglip';
  return /^Gemma/.test(name) ? 'lower' : undefined; // SigLIP 2's, under its older name
}

/** ASCII punctuation, as in Python's `string.punctuation`. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

function cleaned(text: string, clean: Clean): string {
  if (clean === undefined) return text;
  if (clean === 'lower') return text.toLowerCase();
  if (clean === 'siglip') return spaced(text.replace(PUNCTUATION, '').toLowerCase());
  const basic = basicClean(text); // in OpenCLIP, before anything else
  if (clean === 'whitespace') return spaced(basic);
  if (clean === 'lower-whitespace') return spaced(basic).toLowerCase();
  return spaced(basic.replaceAll('_', ' ').replace(PUNCTUATION, '').toLowerCase());
}

/** A special token: a word, or an object with its content. */
function wordOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  const { content } = (token ?? {}) as { content?: unknown };
  return typeof content === 'string' ? content : undefined;
}
