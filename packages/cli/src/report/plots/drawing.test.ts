import * as Plot from '@observablehq/plot';
import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { drawing, figure } from './drawing.js';

const dots = (points: [number, number][]) => ({
  marks: [Plot.dot(points, { fill: () => 'var(--m1)', title: () => nasty })],
});

test('a drawing needs no global document, and uses the colours of the page', () => {
  expect('document' in globalThis).toBe(false);
  const { all } = parsed(drawing(dots([[1, 2]]), 'a dot'));
  expect(all('svg').map(svg => [svg.getAttribute('role'), svg.getAttribute('aria-label')])).toEqual([['img', 'a dot']]);
  expect(all('circle').map(dot => dot.getAttribute('fill'))).toEqual(['var(--m1)']);
  expect(all('style')).toEqual([]);
});

test('words in a drawing and around it are text', () => {
  const words = { plot: 'dots', label: nasty, title: nasty, about: nasty, numbers: [[nasty, '=1', '−2']] };
  const { all } = parsed(figure(dots([[1, 2]]), words));
  expect(all('img')).toEqual([]);
  expect(all('circle title').map(title => title.textContent)).toEqual([nasty]);
  expect(all('figcaption b, figcaption .about').map(part => part.textContent)).toEqual([nasty, nasty]);
  expect(all('button.copy').map(button => button.getAttribute('data-tsv'))).toEqual([`${nasty}\t'=1\t-2`]);
  expect(all('svg')[0]?.getAttribute('aria-label')).toBe(nasty);
});

test('coordinates have one decimal, words are unchanged', () => {
  const text = Plot.text([[1 / 3, 1 / 7]], { text: () => 'seven 0.142857' });
  const { html } = drawing({ marks: [text, Plot.dot([[2 / 3, 1]])] }, '');
  expect(html.match(/(cx|cy|transform|d)="[^"]*\d\.\d\d/g)).toBeNull();
  expect(html).toContain('seven 0.142857');
});
