import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wordTokenizer } from '../testing/tiny.js';
import { planText } from '../towers/text-plan.js';
import { contextRows, wordRows } from './layout.js';
import { tokenizerFromJson, tokenRows } from './tokenizer.js';

const START = 38;
const END = 39;

test('rows are padded with zeros, and ends point to the end tokens', () => {
  const { tokens, ends } = tokenRows(wordTokenizer(40), ['red cat', 'cat'], 6);
  expect(tokens.arraySync()).toEqual([
    [START, 1, 2, END, 0, 0],
    [START, 2, END, 0, 0, 0],
  ]);
  expect([...ends.dataSync()]).toEqual([3, 2]);
  expect(tokens.dtype).toBe('int32');
  expect(tokenRows(wordTokenizer(40), ['red cat', 'cat']).tokens.shape).toEqual([2, 4]);
});

test('a text that does not fit is named', () => {
  expect(() => tokenRows(wordTokenizer(40), ['cat', 'a big red cat'], 5)).toThrow(
    '"a big red cat" is 6 tokens long; this CLIP takes at most 5',
  );
});

test('a text that does not fit is cut on request, and still ends in the end token', () => {
  const { tokens, ends } = tokenRows(wordTokenizer(40), ['a big red cat', 'a'], 4, { truncate: true });
  expect(tokens.arraySync()).toEqual([
    [START, 1, 2, END],
    [START, 1, END, 0],
  ]);
  expect([...ends.dataSync()]).toEqual([3, 2]);
  expect(wordRows(wordTokenizer(40), ['big red cat'], 'a {}', 4, { truncate: true })).toEqual([[START, 1, 2, END]]);
  expect(() => wordRows(wordTokenizer(40), ['big red cat'], 'a {}', 4)).toThrow('set truncate');
});

test('underscores in class names are spaces, and $ is nothing special', () => {
  const tokenizer = wordTokenizer(40);
  const ids = tokenizer.encode('a big cat $&');
  expect(wordRows(tokenizer, ['big_cat_$&'], 'a {}', 77)).toEqual([[START, ...ids, END]]);
  const kept = tokenizer.encode('a big_cat');
  expect(wordRows(tokenizer, ['big_cat'], 'a {}', 77, { keepUnderscores: true })).toEqual([[START, ...kept, END]]);
});

test('the class name is at the end, in the middle or in front of the context', () => {
  const tokenizer = wordTokenizer(40);
  const [red, cat, dot] = tokenizer.encode('red cat .') as [number, number, number];
  const row = (place: object) => contextRows(tokenizer, ['red cat'], { tokens: 3, ...place }, 77)[0];
  expect(row({})).toEqual([START, -1, -2, -3, red, cat, dot, END]);
  expect(row({ position: 'middle' })).toEqual([START, -1, red, cat, -2, -3, dot, END]);
  expect(row({ position: 'front' })).toEqual([START, red, cat, -1, -2, -3, dot, END]);
});

test('context replaces the first words of a template, the others stay', () => {
  const tokenizer = wordTokenizer(40);
  const [a, , of, , cat, dot] = tokenizer.encode('a photo of a cat .') as number[];
  const words = 'a photo of a {}.';
  expect(contextRows(tokenizer, ['cat'], { tokens: 2, words }, 77)).toEqual([[START, -1, -2, of, a, cat, dot, END]]);
  expect(contextRows(tokenizer, ['cat'], { tokens: 5, words }, 77)).toEqual([
    [START, -1, -2, -3, -4, -5, cat, dot, END],
  ]);
});

const text = { contextLength: 8, vocabSize: 12, width: 4, layers: 1, heads: 1 };

test('a tokenizer that makes a token of a space at the end keeps the class name', () => {
  const { tokenizer: json } = JSON.parse(
    readFileSync(new URL('../testing/tokenizers/unigram.json', import.meta.url), 'utf8'),
  );
  const tokenizer = tokenizerFromJson(json);
  const words = 'a photo of a {}.';
  const before = tokenizer.encode('a photo of a');
  expect(tokenizer.encode('a photo of a ').length).toBe(before.length + 1);
  const [dog, dot] = tokenizer.encode('a photo of a dog.').slice(before.length);
  const row = (place: object) => contextRows(tokenizer, ['dog'], { tokens: 12, words, ...place }, 77)[0]!;
  expect(row({}).slice(12)).toEqual([dog, dot, tokenizer.end]);
  expect(row({ position: 'front' }).slice(0, 2)).toEqual([dog, -1]);
  expect(row({ position: 'front' }).slice(-2)).toEqual([dot, tokenizer.end]);
});

test('the shared start of all classes is the prefix, except for the end token and class-specific contexts', () => {
  const rows = [
    [START, -1, -2, 5, 7, END],
    [START, -1, -2, 5, END],
  ];
  expect(planText(rows, false, text)).toMatchObject({
    prefix: [START, -1, -2, 5],
    own: [
      [7, END],
      [END, 0],
    ],
    ends: [1, 0],
    length: 2,
  });
  expect(planText(rows, true, text)).toMatchObject({ prefix: [START], length: 5, tokens: 2 });
  expect(planText([rows[0]!], false, text)).toMatchObject({ prefix: [START, -1, -2, 5, 7], own: [[END]] });
});

test('a tower that reads padding gets whole rows, and shares a prefix only if it is causal', () => {
  const rows = [
    [3, 5, END],
    [3, END],
  ];
  const settings = { ...text, contextLength: 4, padToken: 9, pooling: 'last' as const };
  expect(planText(rows, false, { ...settings, causal: false })).toMatchObject({
    prefix: [],
    own: [
      [3, 5, END, 9],
      [3, END, 9, 9],
    ],
    ends: [3, 3],
  });
  expect(planText(rows, false, settings)).toMatchObject({
    prefix: [3],
    own: [
      [5, END, 9],
      [END, 9, 9],
    ],
    ends: [2, 2],
  });
});
