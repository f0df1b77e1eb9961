import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { above, below, figure, margins, shortTo, smallWidth } from './drawing.js';
import { fieldOf, namedMarks } from './named-marks.js';
import { type Look, methodName } from './styles.js';

/** The differences between a method and zero-shot CLIP on a task, in points. */
export interface Change {
  task: string;
  method: string;
  base: number;
  new: number;
}

/** Each task's gain on base classes against its gain on new classes, one panel per method, all with the same scales. */
export function againstClip(changes: readonly Change[], looks: Map<string, Look>): Html {
  const methods = [...new Set(changes.map(({ method }) => method))].filter(method => !looks.get(method)!.quiet);
  const shown = changes.filter(({ method }) => methods.includes(method));
  const scales = [extent(shown.map(one => one.base)), extent(shown.map(one => one.new))] as const;
  return html`<div class="figures small">${methods.map(method =>
    panel(
      method,
      shown.filter(one => one.method === method),
      scales,
      looks,
    ),
  )}</div>`;
}

type Range = readonly [number, number];

function panel(
  method: string,
  changes: readonly Change[],
  [x, y]: readonly [Range, Range],
  looks: Map<string, Look>,
): Html {
  const look = looks.get(method)!;
  const size = { width: smallWidth, height: 290 };
  const names = changes.map(one => ({ x: one.base, y: one.new, name: shortTo(18)(one.task), optional: true }));
  const options: Plot.PlotOptions = {
    ...size,
    ...margins,
    x: { domain: x, ticks: 5, tickFormat: signed, grid: true, ...below('base classes, points above CLIP') },
    y: { domain: y, ticks: 5, tickFormat: signed, grid: true, ...above('new classes, points above CLIP') },
    marks: [
      Plot.rect([0], { x1: 0, x2: x[1], y1: 0, y2: y[1], fill: 'var(--right)', fillOpacity: 0.07 }),
      Plot.ruleX([0], { stroke: 'var(--muted)' }),
      Plot.ruleY([0], { stroke: 'var(--muted)' }),
      Plot.dot(changes, {
        x: 'base',
        y: 'new',
        r: 4,
        fill: () => look.colour,
        symbol: () => look.symbol,
        title: one => `${one.task}, ${methodTitle(one.method)}: base ${signed(one.base)}, new ${signed(one.new)}`,
      }),
      ...namedMarks(names, fieldOf(size, margins, [x, y]), 11),
    ],
  };
  const better = `better on both in ${changes.filter(one => one.base > 0 && one.new > 0).length} of ${changes.length} tasks`;
  return figure(options, {
    plot: 'against CLIP',
    title: methodName(method, looks),
    about: `${better[0]!.toUpperCase()}${better.slice(1)} (shaded).`,
    label: `${methodTitle(method)} against CLIP on each task, new classes against base classes: ${better}.`,
    numbers: [
      ['task', 'base − CLIP', 'new − CLIP'],
      ...changes.map(one => [one.task, +one.base.toFixed(4), +one.new.toFixed(4)]),
    ],
  });
}

/** The range of the values and zero, with room for names. */
function extent(values: readonly number[]): Range {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(0.5, 0.12 * (most - least));
  return [least - room, most + room];
}

const signed = (points: number): string => `${points < 0 ? '−' : points > 0 ? '+' : ''}${+Math.abs(points).toFixed(1)}`;
