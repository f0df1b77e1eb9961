import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClipConfig } from '../config.js';
import { families } from '../testing/families.js';
import { tiny } from '../testing/tiny.js';
import { checkpointTokenizer } from './tokenizer.js';

/** Small tokenizers of each kind, with the ids of some texts from the Python package tokenizers 0.22. */
const recorded = (kind: string): { tokenizer: object; ids: Record<string, [number[], number[]]> } =>
  JSON.parse(readFileSync(new URL(`../testing/tokenizers/${kind}.json`, import.meta.url), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'tokenizers-'));
let count = 0;

function written(files: Record<string, object>): string {
  const path = join(folder, String(count++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), JSON.stringify(content));
  return path;
}

const wide = (config: ClipConfig): ClipConfig => ({ ...config, text: { ...config.text, vocabSize: 500 } });
const siglip = wide(families.SigLIP!);
const open = async (files: Record<string, object>, config = siglip) =>
  (await checkpointTokenizer(written(files), 'a checkpoint', config)).tokenizer;

describe.each(['unigram', 'gemma', 'wordpiece', 'xlm'])('a tokenizer.json of the kind %s', kind => {
  test('gives the ids of the Python package, with the tokens around a text', async () => {
    const { tokenizer: json, ids } = recorded(kind);
    const tokenizer = await open({ 'tokenizer.json': json });
    for (const [text, [plain, whole]] of Object.entries(ids)) {
      const own = tokenizer.encode(text);
      expect(own).toEqual(plain);
      expect([...(tokenizer.start === undefined ? [] : [tokenizer.start]), ...own, tokenizer.end]).toEqual(whole);
    }
  });
});

describe('the cleaning of libraries before a tokenizer', () => {
  const { tokenizer: json } = recorded('gemma');
  const plain = () => open({ 'tokenizer.json': json });

  test.each([
    ['SiglipTokenizer', 'A Big_dog, sitting!', 'a bigdog sitting'],
    ['Siglip2Tokenizer', 'A Big_dog, sitting!', 'a big_dog, sitting!'],
    ['GemmaTokenizer', 'A Big_dog, sitting!', 'a big_dog, sitting!'],
  ])('%s', async (name, text, cleaned) => {
    const tokenizer = await open({ 'tokenizer.json': json, 'tokenizer_config.json': { tokenizer_class: name } });
    expect(tokenizer.encode(text)).toEqual((await plain()).encode(cleaned));
  });

  test('Gemma leaves letters unchanged for a text tower that is not a SigLIP', async () => {
    const settings = { 'tokenizer.json': json, 'tokenizer_config.json': { tokenizer_class: 'GemmaTokenizer' } };
    const tokenizer = await open(settings, wide(tiny));
    expect(tokenizer.encode('A Dog')).toEqual((await plain()).encode('A Dog'));
  });

  const openClip = (tokenizer_kwargs: object) => ({
    'tokenizer.json': json,
    'open_clip_config.json': { model_cfg: { text_cfg: { hf_tokenizer_name: 'x', tokenizer_kwargs } } },
  });

  test("OpenCLIP's canonical texts, and its white space", async () => {
    const canonical = await open(openClip({ clean: 'canonicalize' }));
    expect(canonical.encode(' A Big_dog, sitting!')).toEqual((await plain()).encode('a big dog sitting'));
    const usual = await open(openClip({}));
    expect(usual.encode(' A  Big_dog,\n sitting!')).toEqual((await plain()).encode('A Big_dog, sitting!'));
  });

  test("OpenCLIP's repairs of texts before anything else: quotes and HTML entities", async () => {
    const canonical = await open(openClip({ clean: 'canonicalize' }));
    expect(canonical.encode('Tom &amp; Jerry’s “Dog”')).toEqual((await plain()).encode('tom jerrys dog'));
    const usual = await open(openClip({}));
    expect(usual.encode('Tom &amp; Jerry’s “Dog”')).toEqual((await plain()).encode('Tom & Jerry\'s "Dog"'));
    const lower = await open(openClip({ clean: 'lower' }));
    expect(lower.encode(' A  Dog’s ')).toEqual((await plain()).encode("a dog's"));
  });

  test('unknown settings of it throw', async () => {
    await expect(open(openClip({ clean: 'basic' }))).rejects.toThrow('text_cfg.tokenizer_kwargs.clean is "basic"');
    await expect(open(openClip({ language: 'de' }))).rejects.toThrow('text_cfg.tokenizer_kwargs.language is "de"');
  });

  test('a separator that becomes zero (CLIPA)', async () => {
    expect((await open(openClip({ strip_sep_token: true }))).end).toBe(0);
  });
});

test('tokenizer_config.json names the end token if there is no template', async () => {
  const json = { ...recorded('gemma').tokenizer, post_processor: null };
  await expect(open({ 'tokenizer.json': json })).rejects.toThrow('has no end token');
  const named = { add_bos_token: true, bos_token: '<bos>', eos_token: { content: '<eos>' } };
  const { start, end } = await open({ 'tokenizer.json': json, 'tokenizer_config.json': named });
  expect([start, end]).toEqual([2, 1]);
});

test('ids without an embedding throw', async () => {
  const small = { ...siglip, text: { ...siglip.text, vocabSize: 1 } };
  await expect(open({ 'tokenizer.json': recorded('unigram').tokenizer }, small)).rejects.toThrow(
    "embeddings for 1 tokens, but its tokenizer's end token is 1",
  );
});
