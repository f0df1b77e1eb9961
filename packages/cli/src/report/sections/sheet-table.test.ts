import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { looksOf } from '../plots/styles.js';
import { sheetTable } from './sheet-table.js';

const looks = looksOf(['clip', 'coop', nasty]);
const row = (method: string, text: string, more: object = {}) => ({
  method,
  kind: 'measured' as const,
  cells: [{ text, ...more }],
});

test('the best is bold and the second best underlined, deviations are small', () => {
  const rows = [
    row('clip', '50.0'),
    row('coop', '70.0 ±1.3', { mark: 'best' }),
    row(nasty, '60.0', { mark: 'second' }),
  ];
  const { all } = parsed(sheetTable({ caption: 'weather', columns: ['H'], rows }, looks));
  expect(all('strong').map(mark => mark.textContent)).toEqual(['70.0']);
  expect(all('u').map(mark => mark.textContent)).toEqual(['60.0']);
  expect(all('td small').map(mark => mark.textContent)).toEqual(['±1.3']);
});

test('rows and columns have headers, the table has a title and can be scrolled by keyboard, and names are text', () => {
  const rows = [row('clip', 'no run'), row(nasty, nasty)];
  const { all } = parsed(sheetTable({ caption: nasty, columns: [nasty], rows }, looks));
  expect(all('th[scope="col"]').map(head => head.textContent)).toEqual([nasty]);
  expect(all('th[scope="row"]').map(head => head.textContent?.trim())).toEqual(['CLIP', nasty]);
  expect(all('td').map(cell => cell.textContent)).toEqual(['', 'no run', nasty]);
  expect(all('.title b').map(title => title.textContent)).toEqual([nasty]);
  expect(all('[tabindex="0"][role="group"]').map(region => region.getAttribute('aria-label'))).toEqual([
    `Table: ${nasty}`,
  ]);
  expect(all('img')).toEqual([]);
});

test('the paper’s numbers are below the measured ones', () => {
  const rows = [row('clip', '50.00'), { ...row('clip', '49.00'), kind: 'paper' as const }];
  const { all } = parsed(sheetTable({ caption: '', columns: ['H'], rows }, looks));
  expect(all('th[scope="row"]').map(head => head.textContent?.trim())).toEqual(['CLIP', 'paper']);
  expect(all('th svg')).toHaveLength(1);
});

test('means and deviations are copied separately', () => {
  const rows = [row('clip', '50.0 ±0.2'), { ...row('clip', '49.0'), kind: 'paper' as const }, row('coop', 'no run')];
  const { all } = parsed(sheetTable({ caption: '', columns: ['H'], rows }, looks));
  expect(all('button.copy')[0]?.getAttribute('data-tsv')?.split('\n')).toEqual([
    'method\tH\tH ±',
    'CLIP\t50.0\t0.2',
    'CLIP, paper\t49.0\t',
    'CoOp\tno run\t',
  ]);
});
