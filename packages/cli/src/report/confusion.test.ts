import { expect, test } from 'vitest';
import { commonMistakes, confusion, summed } from './confusion.js';
import { nasty, parsed } from './parsed.js';

const counts = { cat: { cat: 5, dog: 1 }, dog: { cat: 3, dog: 3 }, [nasty]: { [nasty]: 5, dog: 1 } };

test('each pair that occurs has a number, correct ones have another colour, and the most common mistakes are listed', () => {
  const { all, text } = parsed(confusion(counts, 'base classes'));
  expect(all('td.right').map(cell => cell.textContent)).toEqual(['5', '3', '5']);
  expect(all('td.wrong').map(cell => cell.textContent)).toEqual(['1', '3', '1']);
  expect(all('td')).toHaveLength(9);
  expect(all('tbody th').map(head => head.textContent)).toEqual(['cat', 'dog', nasty]);
  expect(all('.legend .scale')).toHaveLength(2);
  expect(all('img')).toEqual([]);
  expect(text).toContain('13 of 18 images correct');
  const mistakes = parsed(commonMistakes(counts)!).all('li');
  expect(mistakes.map(item => item.textContent)).toEqual([
    'dog taken for cat, 3\u00a0×',
    'cat taken for dog, 1\u00a0×',
    `${nasty} taken for dog, 1\u00a0×`,
  ]);
});

test('a stronger colour means a larger share of the row', () => {
  const { all } = parsed(confusion({ cat: { cat: 10 }, dog: { dog: 1, cat: 9 } }, ''));
  const shares = all('td[style]').map(cell => [cell.textContent, cell.getAttribute('style')]);
  expect(shares).toEqual([
    ['10', '--share:1.00'],
    ['9', '--share:0.90'],
    ['1', '--share:0.10'],
  ]);
});

test('a class that occurs only as a prediction has a column', () => {
  const { all } = parsed(confusion({ cat: { unknown: 2 } }, ''));
  expect(all('thead th').map(head => head.textContent)).toEqual(['is ↓ taken for →', 'cat', 'unknown']);
});

test('a thousand classes are too many to draw, but their mistakes are listed', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`class ${i}`, { 'class 0': i + 1 }]));
  const { all, text } = parsed(confusion(many, 'all classes'));
  expect(all('table')).toEqual([]);
  expect(text).toContain('1000 classes, too many for a confusion matrix');
  expect(parsed(commonMistakes(many)!).all('ol li')).toHaveLength(8);
});

test('matrices of several seeds add up, even for a class with an odd name', () => {
  expect(summed([counts, counts]).dog).toEqual({ cat: 6, dog: 6 });
  expect(summed([{ constructor: { constructor: 1 } }])).toEqual({ constructor: { constructor: 1 } });
});
