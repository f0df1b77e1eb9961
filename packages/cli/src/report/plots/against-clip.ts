import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { figure, plotWidth } from './drawing.js';
import type { Look } from './styles.js';

/** The differences between a method and zero-shot CLIP on a task, in points. */
export interface Change {
  task: string;
  method: string;
  base: number;
  new: number;
}

/** The gain of each task on base classes against its cost on new classes. */
export function againstClip(changes: readonly Change[], looks: Map<string, Look>): Html {
  const look = ({ method }: Change) => looks.get(method)!;
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height: 360,
    marginLeft: 44,
    marginBottom: 42,
    marginRight: 16,
    marginTop: 26,
    x: { label: 'base classes, points above CLIP →', inset: 12, ticks: 6, tickFormat: signed, grid: true },
    y: { label: '↑ new classes, points above CLIP', inset: 12, ticks: 6, tickFormat: signed, grid: true },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--muted)' }),
      Plot.ruleY([0], { stroke: 'var(--muted)' }),
      Plot.dot(changes, {
        x: 'base',
        y: 'new',
        r: 4,
        fill: one => look(one).colour,
        fillOpacity: 0.85,
        symbol: (one: Change) => look(one).symbol,
        title: one => `${one.task}, ${methodTitle(one.method)}: base ${signed(one.base)}, new ${signed(one.new)}`,
      }),
    ],
  };
  const methods = [...new Set(changes.map(({ method }) => method))];
  const texts = methods.map(method => {
    const own = changes.filter(one => one.method === method);
    return `${methodTitle(method)} is better on both in ${own.filter(one => one.base > 0 && one.new > 0).length} of ${own.length} tasks`;
  });
  return figure(options, {
    plot: 'against CLIP',
    label: `Change against CLIP on each task, new classes against base classes. ${texts.join('; ')}.`,
    caption: 'A mark for each task and method. In the upper right quarter both are better than zero-shot CLIP.',
  });
}

const signed = (points: number): string => `${points < 0 ? '−' : points > 0 ? '+' : ''}${+Math.abs(points).toFixed(1)}`;
