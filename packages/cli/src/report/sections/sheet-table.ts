import { methodTitle } from '@dgprompt/bench/methods';
import type { SheetCell, SheetRow } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import { type Look, swatch } from '../plots/styles.js';

/** A table: methods as rows, measures as columns. */
export interface SheetTable {
  caption: string;
  columns: readonly string[];
  rows: readonly SheetRow[];
}

/** The best of a column is bold, the second best underlined; the papers' numbers are below the measured ones. */
export function sheetTable({ caption, columns, rows }: SheetTable, looks: Map<string, Look>): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${caption}"><table class="scores${columns.length > 4 && ' many'}">
<caption>${capital(caption)}</caption>
<thead><tr><td></td>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(row => html`<tr class="${row.kind}"><th scope="row">${head(row, looks)}</th>${row.cells.map(cell => html`<td>${number(cell)}</td>`)}</tr>\n`)}</tbody></table></div>\n`;
}

/** An average begins a sentence; a task's name stays as it is. */
const capital = (caption: string): string => caption.replace(/^average\b/, 'Average');

function head({ method, kind }: SheetRow, looks: Map<string, Look>): Html {
  if (kind === 'measured') return html`${swatch(looks.get(method)!)} ${methodTitle(method)}`;
  return html`${kind === 'paper' ? 'paper' : 'ours − paper'}`;
}

function number({ text, mark }: SheetCell): Html {
  const [, mean = text, deviation] = /^(.*) (±.*)$/.exec(text) ?? [];
  const more = deviation !== undefined && html` <small>${deviation}</small>`;
  if (mark === 'best') return html`<strong>${mean}</strong>${more}`;
  return mark === 'second' ? html`<u>${mean}</u>${more}` : html`${mean}${more}`;
}
