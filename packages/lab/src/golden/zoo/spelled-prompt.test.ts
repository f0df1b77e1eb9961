import { clipVocabulary } from '@dgprompt/clip/text';
import { expect, test } from 'vitest';
import { spelledPrompt } from './spelled-prompt.js';

test('finds the class name in a prompt, with underscores or without', async () => {
  const tokenizer = await clipVocabulary();
  const spelled = (text: string, name: string) => {
    const row = [tokenizer.start!, ...tokenizer.encode(text), tokenizer.end, 0, 0];
    return spelledPrompt(tokenizer, row, name);
  };
  expect(spelled('a photo of a dollar bill.', 'dollar_bill')).toBe('a photo of a {} .');
  expect(spelled('a photo of a dollar_bill.', 'dollar_bill')).toBe('a photo of a {} .');
  expect(spelled('pictograms of cats, a type of pet.', 'cats')).toBe('pictograms of {} , a type of pet .');
  expect(spelled('{} texture'.replace('{}', 'banded'), 'banded')).toBe('{} texture');
  expect(spelled('a photo of a dog.', 'cat')).toBeUndefined();
});
