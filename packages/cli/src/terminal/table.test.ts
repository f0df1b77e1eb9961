import { expect, test } from 'vitest';
import { textTable } from './table.js';

test('rules appear below the head and between groups of rows, and nowhere else', () => {
  const groups = [
    [
      ['sun', '1'],
      ['moon', '12'],
    ],
    [],
    [['average', '6.5']],
  ];
  expect(textTable({ head: ['class', 'n'], groups, align: 'lr' }).split('\n')).toEqual([
    '━━━━━━━━━━━━━━━',
    ' class       n ',
    '───────────────',
    ' sun         1 ',
    ' moon       12 ',
    '───────────────',
    ' average   6.5 ',
    '━━━━━━━━━━━━━━━',
  ]);
  expect(textTable({ groups: groups.slice(2) }).split('\n')).toHaveLength(3);
});

test('a table of every run of a benchmark has a line per run', () => {
  const rows = Array.from({ length: 561 }, (_, run) => [`task ${run}`, '\u001b[1mDGPrompt\u001b[22m', '16', 'done']);
  const lines = textTable({ head: ['task', 'method', 'shots', 'state'], groups: [rows] }).split('\n');
  expect(lines).toHaveLength(561 + 4);
  expect(lines.filter(line => line.includes('─'))).toHaveLength(1);
});
