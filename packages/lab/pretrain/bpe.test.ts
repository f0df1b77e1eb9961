import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { learnMerges, tokenizerJson } from './bpe.js';

test('the most frequent pair is merged first, with ties in alphabetical order', () => {
  const counts = new Map([
    ['abc', 3],
    ['ab', 5],
    ['bc', 5],
  ]);
  expect(learnMerges(counts, 3)).toEqual([
    ['b', 'c</w>'],
    ['a', 'b</w>'],
    ['a', 'bc</w>'],
  ]);
});

test('the written tokenizer loads, and the end token has the largest id', () => {
  const tokenizer = new Tokenizer(tokenizerJson([['a', 'n</w>']]), {});
  expect(tokenizer.encode('An a').tokens).toEqual(['<|startoftext|>', 'an</w>', 'a</w>', '<|endoftext|>']);
  expect(tokenizer.encode('').ids).toEqual([513, 514]);
});

test('the package’s tokenizer has one token for each word of an emoji’s name', () => {
  const json = JSON.parse(readFileSync(new URL('../../pictograms/model/tokenizer.json', import.meta.url), 'utf8'));
  const tokens = new Tokenizer(json, {}).encode('An icon of a polar bear’s piñata.').tokens;
  expect(tokens.slice(1, -1).map((t: string) => t.replace('</w>', ''))).toEqual([
    'an',
    'icon',
    'of',
    'a',
    'polar',
    'bear',
    "'",
    's',
    'pinata',
    '.',
  ]);
  expect(json.model.vocab['<|endoftext|>']).toBe(Object.keys(json.model.vocab).length - 1);
});
