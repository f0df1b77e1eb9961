import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClipTokenizer } from './tokenizer.js';
import { clipVocabulary } from './vocabulary.js';

const golden = fileURLToPath(new URL('../../../../../shared/golden/tokens.json', import.meta.url));
let tokenizer: ClipTokenizer;
beforeAll(async () => {
  tokenizer = await clipVocabulary();
});

describe.skipIf(!existsSync(golden))('ids equal the published tokenizer (needs ../shared/golden)', () => {
  const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: [string, number[]][] };
  test.each(cases)('%s', (text, ids) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });
});

test('the vocabulary needs no golden file: a few published ids', () => {
  expect(tokenizer).toMatchObject({ start: 49406, end: 49407 });
  expect(tokenizer.encode('a photo of a cat.')).toEqual([320, 1125, 539, 320, 2368, 269]);
});

test('names its words, and marks those that continue', async () => {
  const { encode, word, start } = await clipVocabulary();
  expect(encode('a photo of dogs').map(id => word!(id))).toEqual(['a', 'photo', 'of', 'dogs']);
  expect(
    encode('pictograms')
      .map(id => word!(id))
      .join(' '),
  ).toMatch(/^\S+… .*\S+$/);
  expect(word!(start!)).toBe('<|startoftext|>');
  expect(word!(999_999)).toBeUndefined();
});
