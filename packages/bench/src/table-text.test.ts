import { expect, test } from 'vitest';
import { sampleRecord } from './sample-record.js';
import { makeTable } from './table.js';
import { tableMarkdown, tableText } from './table-text.js';

const table = makeTable([
  sampleRecord({ task: 'mammals' }, 39.44, 37.6),
  sampleRecord({ task: 'mammals', method: 'dgprompt' }, 43.6, 38.4),
  sampleRecord({ task: 'weather' }, 50, 50),
  sampleRecord({ task: 'weather', method: 'dgprompt' }, 45, 45),
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const words = (line: string) => line.replace(/\u001b\[[0-9;]*m/g, '').match(/[^\s━─]+/g) ?? [];
const lines = (text: string) =>
  text
    .split('\n')
    .map(words)
    .filter(line => line.length > 0);

test('stands side by side where the terminal is wide enough, averages last', () => {
  expect(lines(tableText(table, 100))).toEqual([
    ['CLIP', 'DGPrompt'],
    ['task', 'base', 'new', 'H', 'base', 'new', 'H'],
    ['mammals', '39.4', '37.6', '38.5', '43.6', '38.4', '40.8'],
    ['weather', '50.0', '50.0', '50.0', '45.0', '45.0', '45.0'],
    ['average', '44.7', '43.8', '44.3', '44.3', '41.7', '43.0'],
  ]);
});

test('puts methods below each other where it is not', () => {
  const narrow = lines(tableText(table, 40));
  expect(narrow[0]).toEqual(['task', 'method', 'base', 'new', 'H']);
  expect(narrow).toContainEqual(['mammals', 'CLIP', '39.4', '37.6', '38.5']);
  expect(narrow).toContainEqual(['DGPrompt', '43.6', '38.4', '40.8']);
  expect(narrow.at(-2)?.[0]).toBe('average');
});

test('Markdown has the averages first and the best H of each task bold', () => {
  expect(tableMarkdown(table).split('\n')).toEqual([
    '| task | method | base | new | H |',
    '| --- | --- | ---: | ---: | ---: |',
    '| average | CLIP | 44.7 | 43.8 | **44.3** |',
    '| average | DGPrompt | 44.3 | 41.7 | 43.0 |',
    '| mammals | CLIP | 39.4 | 37.6 | 38.5 |',
    '| mammals | DGPrompt | 43.6 | 38.4 | **40.8** |',
    '| weather | CLIP | 50.0 | 50.0 | **50.0** |',
    '| weather | DGPrompt | 45.0 | 45.0 | 45.0 |',
  ]);
});

test('a run that is missing is a dash, and the average says how many tasks it is over', () => {
  const incomplete = makeTable([
    sampleRecord({ task: 'a' }, 40, 40),
    sampleRecord({ task: 'a', method: 'coop' }, 50, 50),
    sampleRecord({ task: 'b' }, 60, 60),
  ]);
  expect(tableMarkdown(incomplete)).toContain('| b | CoOp | – | – | – |');
  expect(tableMarkdown(incomplete)).toContain('| average of 1 task | CLIP | 40.0 | 40.0 | 40.0 |');
  expect(lines(tableText(incomplete))).toContainEqual(['b', '60.0', '60.0', '60.0', '–', '–', '–']);
});

test('without a task that every method has, there is no row of averages', () => {
  const partial = makeTable([
    sampleRecord({ task: 'a' }, 100, 40),
    sampleRecord({ task: 'b', method: 'coop' }, 50, 50),
  ]);
  for (const text of [tableText(partial, 100), tableText(partial, 30), tableMarkdown(partial)]) {
    expect(text).not.toContain('average');
    expect(text).toContain('100.0');
  }
});

test('several seeds show their deviation', () => {
  const seeds = makeTable([sampleRecord({ seed: 1 }, 40, 40), sampleRecord({ seed: 2 }, 42, 42)]);
  expect(tableMarkdown(seeds)).toContain('| weather | CLIP | 41.0 ±1.4 | 41.0 ±1.4 | **41.0 ±1.4** |');
});
