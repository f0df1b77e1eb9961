import { expect, it } from 'vitest';
import { progressBar } from './progress-bar.js';

const stream = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
};

it('draws one line on a terminal, again only when the percentage changes', () => {
  const terminal = stream(true);
  const bar = progressBar('Mammals', terminal);
  for (let done = 0; done <= 1000; done++) bar({ done, total: 1000 });
  expect(terminal.written).toHaveLength(101);
  expect(terminal.written[50]).toMatch(/^\rMammals █{10}░{10} 50 %$/);
  expect(terminal.written.at(-1)).toMatch(/100 %\n$/);
});

it('writes two lines elsewhere', () => {
  const file = stream(false);
  const bar = progressBar('Mammals', file);
  for (let done = 100; done <= 1000; done++) bar({ done, total: 1000 });
  expect(file.written).toEqual(['Mammals: rendering 900 images …\n', 'Mammals: 1000 images ready.\n']);
});
