import type { ExplainedMethod } from '@dgprompt/bench/explain';
import { methodTitle } from '@dgprompt/bench/methods';
import { own } from '@dgprompt/bench/records';
import { intervalText, signed } from '@dgprompt/bench/tables';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { below, figure, nameMargin, plotWidth } from './drawing.js';

/** A control in one column of a table. */
interface Mark {
  control: string;
  column: string;
  difference: number;
  low: number;
  high: number;
}

/** Most columns side by side; with more, only the main one is drawn. */
const most = 3;
const panel = 150;

/** The effect of each control with its 95 % interval, one panel per column. */
export function controlDifferences(explained: ExplainedMethod): Html | undefined {
  const { method, columns, main, controls } = explained;
  const shown = columns.length > most ? [main] : columns;
  const marks = controls.flatMap(({ control, cells }) =>
    shown.flatMap((column): Mark[] => {
      const cell = own(cells, column);
      if (!cell || cell.unused) return [];
      const { low, high } = cell.interval ?? { low: cell.difference, high: cell.difference };
      return [{ control, column, difference: cell.difference, low, high }];
    }),
  );
  if (marks.length === 0) return undefined;
  const names = controls.map(({ control }) => control);
  const { margin, short } = nameMargin(names, 32);
  const options: Plot.PlotOptions = {
    width: Math.max(plotWidth, margin + panel * shown.length),
    height: 76 + 24 * names.length,
    marginLeft: margin,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 44,
    x: { ticks: 4, inset: 8, nice: true, grid: true, tickFormat: points, ...below('points from the method as it is') },
    y: { domain: names, label: null, tickSize: 0, tickFormat: short, padding: 0.5 },
    fx: { domain: shown, label: null, padding: 0.12 },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--muted)' }),
      Plot.ruleY(marks, { y: 'control', x1: 'low', x2: 'high', fx: 'column', stroke: 'var(--m1)', strokeWidth: 1.5 }),
      Plot.dot(marks, {
        x: 'difference',
        y: 'control',
        fx: 'column',
        r: 4,
        fill: () => 'var(--m1)',
        symbol: () => 'circle',
        title: one => `${one.column}, ${one.control}: ${signed(one.difference)} (${intervalText(one)})`,
      }),
    ],
  };
  const title = methodTitle(method);
  return figure(options, {
    plot: 'controls',
    title: `${title}: what each control changes`,
    about: 'In points of accuracy, with the 95 % interval.',
    label: `How the accuracy of ${title} changes under ${names.length} controls, as in the table.`,
    numbers: [
      ['control', 'column', 'difference', 'low', 'high'],
      ...marks.map(one => [one.control, one.column, ...[one.difference, one.low, one.high].map(x => x.toFixed(4))]),
    ],
  });
}

const points = (value: number): string => signed(value, Number.isInteger(value) ? 0 : 1);
