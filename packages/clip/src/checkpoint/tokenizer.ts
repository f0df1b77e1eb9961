import { baseName, joinPath, sha256Hex } from '@dgprompt/io';
import type { ClipConfig } from '../config.js';
import { exists, pathKind } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { type ClipTokenizer, tokenizerFromJson } from '../text/tokenizer.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { type Json, section } from './settings.js';

/** Tokens of the vocabulary that all published CLIPs share. */
const PUBLISHED_VOCABULARY = 49408;

/** How texts are cleaned before they are split, as in the libraries. */
type Clean = 'canonicalize' | 'siglip' | 'lower' | 'whitespace' | undefined;

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
  const end = openClip.strip_sep_token === true ? 0 : tokenizer.end;
  if (tokenizer.end >= vocabSize)
    throw new Error(
      `${shown} has embeddings for ${vocabSize} tokens, but its tokenizer's end token is ${tokenizer.end}.`,
    );
  const clean = cleaning(openClip, settings, isWhole);
  const facts = [end === tokenizer.end ? '' : 'end 0', clean ?? ''].filter(Boolean);
  return {
    tokenizer: { ...tokenizer, end, encode: (text: string) => tokenizer.encode(cleaned(text, clean)) },
    named: sha256Hex(JSON.stringify(json), ...facts),
  };
}

/** The settings that OpenCLIP gives to the tokenizer of its `hf_tokenizer_name`. */
function openClipSettings(folder: string): Json {
  const path = joinPath(folder, 'open_clip_config.json');
  if (!exists(path)) return {};
  const text = section(section(readJson(path), 'model_cfg'), 'text_cfg');
  return text.hf_tokenizer_name ? { clean: 'whitespace', ...section(text, 'tokenizer_kwargs') } : {};
}

/**
 * SigLIP was trained on canonical texts; transformers' tokenizers canonicalise them depending on their class. Others
 * take texts unchanged.
 */
function cleaning(openClip: Json, { tokenizer_class: name }: Json, isWhole: boolean): Clean {
  if (openClip.clean) return openClip.clean as Clean;
  if (typeof name !== 'string' || !isWhole) return undefined;
  if (/^Siglip2?Tokenizer/.test(name)) return name.startsWith('Siglip2') ? 'lower' : 'siglip';
  return /^Gemma/.test(name) ? 'lower' : undefined; // SigLIP 2's, under its older name
}

/** ASCII punctuation, as in Python's `string.punctuation`. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

function cleaned(text: string, clean: Clean): string {
  if (clean === undefined) return text;
  if (clean === 'lower') return text.toLowerCase();
  const spaced = clean === 'canonicalize' ? text.replaceAll('_', ' ') : text;
  const plain = clean === 'whitespace' ? spaced : spaced.replace(PUNCTUATION, '').toLowerCase();
  return plain.split(/\s+/).filter(Boolean).join(' ');
}

/** A special token: a word, or an object with its content. */
function wordOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  const { content } = (token ?? {}) as { content?: unknown };
  return typeof content === 'string' ? content : undefined;
}
