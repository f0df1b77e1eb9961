import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseJson } from '@dgprompt/io';
import { fuzz, mutatedJson, processorTime } from '@dgprompt/io/testing/fuzz';
import { expect, test } from 'vitest';
import { tokenizerFromJson } from './tokenizer.js';

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
const vocab = [
  ...letters,
  ...letters.map(letter => `${letter}</w>`),
  'ca',
  'cat</w>',
  '<|startoftext|>',
  '<|endoftext|>',
];
const json = (regex: string, more: object = {}) => ({
  added_tokens: ['<|startoftext|>', '<|endoftext|>'].map(content => ({
    ...{ id: vocab.indexOf(content), content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  })),
  normalizer: { type: 'Sequence', normalizers: [{ type: 'Lowercase' }] },
  pre_tokenizer: { type: 'Split', pattern: { Regex: regex }, behavior: 'Removed', invert: true },
  post_processor: null,
  decoder: null,
  model: {
    ...{ type: 'BPE', unk_token: '<|endoftext|>', end_of_word_suffix: '</w>', continuing_subword_prefix: '' },
    vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
    merges: [
      ['c', 'a'],
      ['ca', 't</w>'],
    ],
  },
  ...more,
});

test('a custom pattern gives the same tokens as CLIP’s', () => {
  const known = tokenizerFromJson(json('[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+')).encode('a cat');
  expect(tokenizerFromJson(json('[a-z]+')).encode('a cat')).toEqual(known);
});

test('a pattern that never ends is stopped', () => {
  const tokenizer = tokenizerFromJson(json('^(?:[a-z]+)+$'), 'x/tokenizer.json');
  const start = processorTime();
  expect(() => tokenizer.encode(`${'a'.repeat(60)}!`)).toThrow(
    /^x\/tokenizer\.json cannot split "a+…?!?" into tokens: it takes more than 5 seconds\.$/,
  );
  expect(processorTime() - start).toBeLessThan(8000);
  expect(tokenizer.encode('cat').length).toBeGreaterThan(0);
});

test('replacements that blow up a text throw', () => {
  const replace = { type: 'Replace', pattern: { String: 'a' }, content: 'aaaaaaaaaaaaaaaa' };
  const normalizer = { type: 'Sequence', normalizers: Array.from({ length: 9 }, () => replace) };
  expect(() => tokenizerFromJson(json('a', { normalizer }))).toThrow('make a text many times longer');
});

test.each([[1.5], ['7'], [-1], [null], [2 ** 40]])('the id %j is invalid', id => {
  const given = json('[a-z]+');
  Object.assign(given.model.vocab, { zz: id });
  expect(() => tokenizerFromJson(given, 'x.json')).toThrow(/^x\.json is not a supported tokenizer: its token "zz" has/);
});

test('mutated tokenizers are read or throw one sentence', { timeout: 600_000 }, async () => {
  const text = JSON.stringify(json('[a-z]+|\\d'));
  const seen = await fuzz(
    below => {
      const tokenizer = tokenizerFromJson(parseJson(mutatedJson(text, below)) as object, 'x/tokenizer.json');
      const ids = tokenizer.encode('a photo of a Cat, 1 (été)');
      if (!ids.every(id => Number.isInteger(id) && id >= 0 && id <= tokenizer.end)) throw new Error('undefined id');
    },
    { few: 300, seed: 5, within: 12_000 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);
});

test("CLIP's own patterns need no time limit", () => {
  const path = createRequire(import.meta.url)
    .resolve('@dgprompt/pictograms/package.json')
    .replace('package.json', 'model/tokenizer.json');
  expect(tokenizerFromJson(JSON.parse(readFileSync(path, 'utf8')) as object).encode('a cat')).toHaveLength(2);
});
