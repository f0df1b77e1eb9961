import { methodTitle } from '@dgprompt/bench/methods';
import type { SheetCell, SheetRow } from '@dgprompt/bench/tables';
import { copyButton, type Numbers } from '../copy.js';
import { type Html, html } from '../html.js';
import { type Look, methodName } from '../plots/styles.js';

/** A table: methods as rows, measures as columns. */
export interface SheetTable {
  caption: string;
  columns: readonly string[];
  rows: readonly SheetRow[];
}

/** A table: best of a column bold, second best underlined, the papers' numbers below the measured ones. */
export function sheetTable({ caption, columns, rows }: SheetTable, looks: Map<string, Look>): Html {
  const title = capital(caption);
  return html`<div class="sheet"><p class="title"><b>${title}</b>${copyButton(title, numbersOf(columns, rows))}</p>
<div class="scroll" tabindex="0" role="group" aria-label="Table: ${title}"><table class="scores${columns.length > 4 && ' many'}">
<thead><tr><td></td>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(row => html`<tr class="${row.kind}"><th scope="row">${head(row, looks)}</th>${row.cells.map(cell => html`<td>${number(cell)}</td>`)}</tr>\n`)}</tbody></table></div></div>\n`;
}

/** An average starts with a capital; a task's name is unchanged. */
const capital = (caption: string): string => caption.replace(/^average\b/, 'Average');

function head({ method, kind }: SheetRow, looks: Map<string, Look>): Html {
  if (kind === 'measured') return methodName(method, looks);
  return html`${kind === 'paper' ? 'paper' : 'ours − paper'}`;
}

/** Splits a cell's text into mean and deviation, `±1.3`. */
function parts({ text }: SheetCell): [mean: string, deviation?: string] {
  const [, mean = text, deviation] = /^(.*) (±.*)$/.exec(text) ?? [];
  return [mean, deviation];
}

function number(cell: SheetCell): Html {
  const [mean, deviation] = parts(cell);
  const more = deviation !== undefined && html` <small>${deviation}</small>`;
  if (cell.mark === 'best') return html`<strong>${mean}</strong>${more}`;
  return cell.mark === 'second' ? html`<u>${mean}</u>${more}` : html`${mean}${more}`;
}

/** The numbers, with means and deviations in separate columns. */
function numbersOf(columns: readonly string[], rows: readonly SheetRow[]): Numbers {
  const cells = rows.map(row => row.cells.map(parts));
  const spread = columns.map((_, i) => cells.some(row => row[i]?.[1] !== undefined));
  const kinds = { measured: '', paper: ', paper', difference: ', ours − paper' };
  return [
    ['method', ...columns.flatMap((column, i) => (spread[i] ? [column, `${column} ±`] : [column]))],
    ...rows.map(({ method, kind }, r) => [
      `${methodTitle(method)}${kinds[kind]}`,
      ...cells[r]!.flatMap(([mean, deviation = ''], i) => (spread[i] ? [mean, deviation.replace('±', '')] : [mean])),
    ]),
  ];
}
