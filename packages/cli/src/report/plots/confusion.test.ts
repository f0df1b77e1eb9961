import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { confusion, summed } from './confusion.js';

const counts = { cat: { cat: 5, dog: 1 }, dog: { cat: 3, dog: 3 }, [nasty]: { [nasty]: 5, dog: 1 } };

test('each pair that occurs has a cell, correct ones in another colour, and the most common mistakes are listed', () => {
  const { all, text } = parsed(confusion(counts, 'base classes'));
  const colours = all('rect[fill-opacity]').map(cell => cell.getAttribute('fill'));
  expect(colours.filter(colour => colour === 'var(--right)')).toHaveLength(3);
  expect(colours.filter(colour => colour === 'var(--wrong)')).toHaveLength(3);
  expect(all('ol li')[0]?.textContent).toBe('dog taken for cat, 3\u00a0×');
  expect(text).toContain(`${nasty} taken for dog: 1`);
  expect(all('img')).toEqual([]);
  expect(all('svg')[0]?.getAttribute('aria-label')).toContain('13 of 18 images correct');
});

test('a stronger colour means a larger share of the row', () => {
  const { all } = parsed(confusion({ cat: { cat: 10 }, dog: { dog: 1, cat: 9 } }, ''));
  const opacity = (title: string) => {
    const cell = all('rect').find(rect => rect.textContent === title);
    return Number(cell?.getAttribute('fill-opacity'));
  };
  expect(opacity('cat: 10 correct')).toBe(1);
  expect(opacity('dog taken for cat: 9')).toBeCloseTo(0.93);
  expect(opacity('dog: 1 correct')).toBeCloseTo(0.37);
});

test('a thousand classes are too many to draw, their mistakes are listed all the same', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`class ${i}`, { 'class 0': i + 1 }]));
  const { all, text } = parsed(confusion(many, 'all classes'));
  expect(all('svg')).toEqual([]);
  expect(text).toContain('1000 classes, too many for a matrix');
  expect(all('ol li')).toHaveLength(8);
});

test('matrices of several seeds add up, also for a class of an odd name', () => {
  expect(summed([counts, counts]).dog).toEqual({ cat: 6, dog: 6 });
  expect(summed([{ constructor: { constructor: 1 } }])).toEqual({ constructor: { constructor: 1 } });
});
