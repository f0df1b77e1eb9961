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

test('entities of quotes and accents become the signs that ftfy makes of them, except in HTML', () => {
  // ids of openai/CLIP's tokenizer with ftfy 6.3
  expect(tokenizer.encode('it&rsquo;s a dog')).toEqual([585, 568, 320, 1929]);
  expect(tokenizer.encode('it&#8217;s')).toEqual([585, 568]);
  expect(tokenizer.encode('it&amp;rsquo;s')).toEqual([585, 568]);
  expect(tokenizer.encode('a &ldquo;quoted&rdquo; cat')).toEqual([320, 257, 27706, 257, 2368]);
  expect(tokenizer.encode('A&#768;')).toEqual([21259]);
  expect(tokenizer.encode('<b>it&rsquo;s')).toEqual(tokenizer.encode('<b>').concat([585, 728, 503, 338]));
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
