import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { figure, nameMargin, plotWidth } from './drawing.js';

/** Counts of test images by true class, then by predicted class. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The most classes that are drawn as a matrix, and the most pairs that are listed. */
const drawn = 52;
const listed = 8;

/** The confusion matrix, and the most common mistakes as a list. */
export function confusion(counts: Counts, title: string): Html {
  const pairs = mistakes(counts);
  const list = html`<ol class="pairs">${pairs
    .slice(0, listed)
    .map(([is, taken, times]) => html`<li><b>${is}</b> taken for <b>${taken}</b>, ${times}\u00a0×</li>`)}</ol>`;
  const classes = Object.keys(counts);
  if (classes.length > drawn)
    return html`<div><p class="label">${title}: ${classes.length} classes, too many for a matrix. The most common mistakes:</p>${list}</div>`;
  return html`<div>${matrix(counts, title)}${pairs.length > 0 && html`<p class="label">The most common mistakes</p>${list}`}</div>`;
}

function matrix(counts: Counts, title: string): Html {
  const classes = Object.keys(counts);
  const cells = classes.flatMap(is => {
    const row = Object.entries(counts[is]!).filter(([, n]) => n > 0);
    const total = row.reduce((sum, [, n]) => sum + n, 0);
    return row.map(([taken, n]) => ({ is, taken, n, share: n / total }));
  });
  const taken = [...classes, ...new Set(cells.map(cell => cell.taken).filter(name => !classes.includes(name)))];
  const names = nameMargin(taken, 20);
  const side = (plotWidth - names.margin - 6) / taken.length;
  const height = names.margin + side * classes.length + 12;
  const size = Math.min(12, Math.max(6, side * 0.85));
  const axis = { label: null, tickSize: 0, tickFormat: names.short, fontSize: size } as const;
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height,
    marginLeft: names.margin,
    marginTop: names.margin,
    marginRight: 6,
    marginBottom: 6,
    x: { domain: taken, padding: 0.06, axis: null },
    y: { domain: classes, padding: 0.06, axis: null },
    opacity: { type: 'identity' },
    marks: [
      Plot.axisX({ ...axis, anchor: 'top', tickRotate: -90 }),
      Plot.axisY(axis),
      Plot.frame({ stroke: 'var(--grid)' }),
      Plot.cell(cells, {
        x: 'taken',
        y: 'is',
        fill: cell => `var(--${cell.is === cell.taken ? 'right' : 'wrong'})`,
        fillOpacity: cell => 0.3 + 0.7 * cell.share, // a single image must be visible too,
        title: ({ is, taken: as, n }) => (is === as ? `${is}: ${n} correct` : `${is} taken for ${as}: ${n}`),
      }),
    ],
  };
  const right = cells.filter(cell => cell.is === cell.taken).reduce((sum, { n }) => sum + n, 0);
  const all = cells.reduce((sum, { n }) => sum + n, 0);
  return figure(options, {
    plot: 'confusion',
    label: `${title}: confusion matrix of ${classes.length} classes, ${right} of ${all} images correct; the most common mistakes are listed below.`,
    caption: `${title}: rows are the true classes, columns the predicted ones; a stronger colour means a larger share of the row.`,
  });
}

/** Wrong pairs with their counts, the most common first. */
function mistakes(counts: Counts): [string, string, number][] {
  return Object.entries(counts)
    .flatMap(([is, row]) => Object.entries(row).map(([taken, n]): [string, string, number] => [is, taken, n]))
    .filter(([is, taken, n]) => is !== taken && n > 0)
    .sort((a, b) => b[2] - a[2]);
}

/** The sum of several matrices, such as those of several seeds. */
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
const bare = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
