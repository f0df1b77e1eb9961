import { expect, test } from 'vitest';
import { explainedTable } from './explained-table.js';

test('a control has its difference and its interval, and a dash where it changes nothing', () => {
  const { head, rows } = explainedTable({
    method: 'dgprompt',
    columns: ['H'],
    main: 'H',
    tasks: ['weather'],
    runs: 1,
    right: { H: 58.2 },
    controls: [
      { control: 'no shift', cells: { H: { value: 56.5, difference: -1.7, interval: { low: -2.7, high: 0.7 } } } },
      { control: 'no centring', cells: { H: { value: 58.2, difference: 0, unused: true } } },
    ],
  });
  expect(head).toEqual(['', 'H', 'difference', '95 % interval']);
  expect(rows).toEqual([
    ['as it is', '58.2', '', ''],
    ['no shift', '56.5', '−1.7', '−2.7 to +0.7'],
    ['no centring', '–', '–', ''],
  ]);
});
