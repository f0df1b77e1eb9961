import { copyButton } from './copy.js';
import { type Html, html } from './html.js';

/** Counts of test images by true class, then by predicted class. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Most classes to display as a matrix. */
export const matrixClasses = 52;
/** Most pairs to list. */
const listed = 8;

/** A list of the most common mistakes. */
export function commonMistakes(counts: Counts): Html | undefined {
  const pairs = mistakes(counts).slice(0, listed);
  if (pairs.length === 0) return undefined;
  return html`<div><p class="label">The most common mistakes</p><ol class="pairs">${pairs.map(
    ([is, taken, times]) => html`<li><b>${is}</b> taken for <b>${taken}</b>, ${times}\u00a0×</li>`,
  )}</ol></div>`;
}

/** The confusion matrix, with a colour and a number in non-zero cells. */
export function confusion(counts: Counts, title: string): Html {
  const { length } = Object.keys(counts);
  if (length > matrixClasses)
    return html`<p class="note">${title}: ${length} classes, too many for a confusion matrix.</p>`;
  return matrix(counts, title);
}

function matrix(counts: Counts, title: string): Html {
  const rows = Object.entries(counts);
  const predicted = rows.flatMap(([, row]) => Object.keys(row).filter(name => row[name]! > 0));
  const columns = [...new Set([...Object.keys(counts), ...predicted])];
  const all = rows.reduce((sum, [, row]) => sum + total(row), 0);
  const right = rows.reduce((sum, [is, row]) => sum + countOf(row, is), 0);
  const numbers = [
    ['is, taken for', ...columns],
    ...rows.map(([is, row]) => [is, ...columns.map(taken => countOf(row, taken))]),
  ];
  return html`<figure data-plot="confusion"><figcaption><span class="title"><b>Confusion, ${title}</b>${copyButton(`confusion, ${title}`, numbers)}</span>
<span class="about">${right} of ${all} images correct. Numbers are images; colour is their share of the row.</span></figcaption>
<ul class="legend"><li>correct <span class="scale right"></span> 0 to 100 %</li><li>taken for another class <span class="scale wrong"></span> 0 to 100 %</li></ul>
<div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix, ${title}"><table class="matrix">
<thead><tr><th scope="col" class="corner">is ↓ taken for →</th>${columns.map(name => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>
${rows.map(([is, row]) => html`<tr><th scope="row">${is}</th>${columns.map(taken => cell(row, is, taken))}</tr>\n`)}</tbody></table></div></figure>\n`;
}

function cell(row: Counts[string], is: string, taken: string): Html {
  const n = countOf(row, taken);
  if (n === 0) return html`<td></td>`;
  return html`<td class="${is === taken ? 'right' : 'wrong'}" style="--share:${(n / total(row)).toFixed(2)}">${n}</td>`;
}

const countOf = (row: Counts[string], name: string): number => (Object.hasOwn(row, name) ? row[name]! : 0);

const total = (row: Counts[string]): number => Object.values(row).reduce((sum, n) => sum + n, 0);

/** Pairs of confused classes with their counts, most common first. */
function mistakes(counts: Counts): [string, string, number][] {
  return Object.entries(counts)
    .flatMap(([is, row]) => Object.entries(row).map(([taken, n]): [string, string, number] => [is, taken, n]))
    .filter(([is, taken, n]) => is !== taken && n > 0)
    .sort((a, b) => b[2] - a[2]);
}

/** The sum of several matrices, for example over seeds. */
export function summed(matrices: readonly Counts[]): Counts {
  const sum = bare<Record<string, number>>();
  for (const counts of matrices) {
    for (const [is, row] of Object.entries(counts)) {
      sum[is] ??= bare<number>();
      for (const [taken, n] of Object.entries(row)) sum[is][taken] = (sum[is][taken] ?? 0) + n;
    }
  }
  return sum;
}

/** An object without inherited keys such as `constructor`, which may be a class name. */
export const bare = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
