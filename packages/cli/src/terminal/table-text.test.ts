import { stripVTControlCharacters } from 'node:util';
import { makeTable } from '@dgprompt/bench';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { expect, test } from 'vitest';
import { tableText } from './table-text.js';

const table = makeTable([
  sampleRecord({ task: 'mammals' }, 39.44, 37.6),
  sampleRecord({ task: 'mammals', method: 'dgprompt' }, 43.6, 38.4),
  sampleRecord({ task: 'weather' }, 50, 50),
  sampleRecord({ task: 'weather', method: 'dgprompt' }, 45, 45),
]);
const lines = (text: string) =>
  stripVTControlCharacters(text)
    .split('\n')
    .map(line => line.match(/[^\s━─]+/g) ?? [])
    .filter(line => line.length > 0);

test('puts methods side by side if the terminal is wide enough, with averages last', () => {
  expect(lines(tableText(table, 100))).toEqual([
    ['CLIP', 'DGPrompt'],
    ['task', 'base', 'new', 'H', 'base', 'new', 'H'],
    ['mammals', '39.4', '37.6', '38.5', '43.6', '38.4', '40.8'],
    ['weather', '50.0', '50.0', '50.0', '45.0', '45.0', '45.0'],
    ['average', '44.7', '43.8', '44.3', '44.3', '41.7', '43.0'],
  ]);
});

test('stacks methods if it is not', () => {
  const narrow = lines(tableText(table, 40));
  expect(narrow[0]).toEqual(['task', 'method', 'base', 'new', 'H']);
  expect(narrow).toContainEqual(['mammals', 'CLIP', '39.4', '37.6', '38.5']);
  expect(narrow).toContainEqual(['DGPrompt', '43.6', '38.4', '40.8']);
  expect(narrow.at(-2)?.[0]).toBe('average');
});

test('stacks columns if there are many', () => {
  const targets = Array.from({ length: 12 }, (_, i) => [`target-${i}`, 30 + i] as const);
  const transfer = makeTable([
    sampleRecord({ protocol: 'cross-dataset', task: 'home' }, { home: 60, ...Object.fromEntries(targets) }),
  ]);
  expect(lines(tableText(transfer, 60)).slice(0, 3)).toEqual([['CLIP'], ['source', '60.0'], ['target-0', '30.0']]);
  expect(lines(tableText(transfer, 300))[0]?.slice(0, 3)).toEqual(['method', 'source', 'target-0']);
});

test('marks a missing run, and the average says how many tasks it covers', () => {
  const incomplete = makeTable([
    sampleRecord({ task: 'a' }, 40, 40),
    sampleRecord({ task: 'a', method: 'coop' }, 50, 50),
    sampleRecord({ task: 'b' }, 60, 60),
  ]);
  const shown = lines(tableText(incomplete, 40));
  expect(shown).toContainEqual(['CoOp', ...'no run no run no run'.split(' ')]);
  expect(shown).toContainEqual(['average', 'of', '1', 'task', 'CLIP', '40.0', '40.0', '40.0']);
});

test('has no row of averages without a task that every method has', () => {
  const partial = makeTable([
    sampleRecord({ task: 'a' }, 100, 40),
    sampleRecord({ task: 'b', method: 'coop' }, 50, 50),
  ]);
  for (const text of [tableText(partial, 100), tableText(partial, 30)]) {
    expect(text).not.toContain('average');
    expect(text).toContain('100.0');
  }
});

test('puts a paper’s numbers below the method, with the difference', () => {
  const ofPaper = makeTable([sampleRecord({ suite: 'paper', task: 'dtd', method: 'maple' }, 80.11, 59.5)]);
  const shown = lines(tableText(ofPaper));
  expect(shown).toContainEqual(['dtd', 'MaPLe', '80.11', '59.50', '68.28']);
  expect(shown).toContainEqual(['paper', '80.36', '59.18', '68.16']);
  expect(shown).toContainEqual(['ours', '−', 'paper', '−0.25', '+0.32', '+0.12']);
});
