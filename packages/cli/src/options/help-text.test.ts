import { expect, test } from 'vitest';
import { wrapped } from './help-text.js';

test('lines fit into the width, and the content is unchanged', () => {
  const text = 'An image meets the guidance of another image or of a wrong class set, a class that of another class.';
  for (const width of [30, 40, 55, 80, 200]) {
    const broken = wrapped(text, width);
    expect(Math.max(...broken.split('\n').map(line => line.length))).toBeLessThanOrEqual(width);
    expect(broken.replaceAll('\n', ' ')).toBe(text);
  }
});

test('the last line is not a single word if other breaks avoid it', () => {
  expect(wrapped('the images, or a zip of it; train, val, test inside are kept', 55)).toBe(
    'the images, or a zip of it; train, val, test inside\nare kept',
  );
  expect(wrapped('results of dgprompt bench, or a classifier of dgprompt train', 54)).toBe(
    'results of dgprompt bench, or a classifier of\ndgprompt train',
  );
});

test('a line break in the text is kept, and a word longer than the width is not split', () => {
  expect(wrapped('one\n\ntwo', 10)).toBe('one\n\ntwo');
  expect(wrapped('see https://example.org/a/long/place', 10)).toBe('see\nhttps://example.org/a/long/place');
});
