import { describe, expect, it } from 'vitest';
import { checkDescriptions, sentencesOf } from './descriptions.js';

describe('checkDescriptions', () => {
  it.each([
    [['a cat.'], 'file.json: descriptions must be an object with a list of sentences for each class name.'],
    [null, 'file.json: descriptions must be an object with a list of sentences for each class name.'],
    [{ cat: [] }, 'file.json: the sentences for "cat" are []; they must be a list of at least one.'],
    [{ cat: 'a cat.' }, 'file.json: the sentences for "cat" are "a cat."; they must be a list of at least one.'],
    [{ cat: ['a cat.', ' '] }, 'file.json: a sentence for "cat" is " "; it must be a text that is not empty.'],
    [{ cat: [3] }, 'file.json: a sentence for "cat" is 3; it must be a text that is not empty.'],
  ])('refuses %j in one sentence', (given, sentence) => {
    expect(() => checkDescriptions('file.json', given)).toThrow(sentence);
  });
});

describe('sentencesOf', () => {
  it('finds names with spaces for underscores, in the order of the classes', () => {
    const given = { 'big dog': ['a dog.'], old_owl: ['an owl.'], cat: ['a cat.'] };
    expect(sentencesOf('x', given, ['old owl', 'big_dog', 'cat'])).toEqual([['an owl.'], ['a dog.'], ['a cat.']]);
  });

  it('names a class without any', () => {
    expect(() => sentencesOf('x', { cat: ['a cat.'] }, ['cat', 'zebra'])).toThrow(
      'x: there are no sentences for the class "zebra"; add a list of them under its name.',
    );
    expect(() => sentencesOf('x', {}, ['constructor'])).toThrow('no sentences for the class "constructor"');
  });
});
