import { harmonicMean } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { figure, plotWidth } from './drawing.js';
import { placedNames } from './placed-names.js';
import { type Spread, spreadText } from './spread.js';
import type { Look } from './styles.js';

/** A method's accuracy on base and on new classes, in percent. */
export interface BaseAndNew {
  method: string;
  base: Spread;
  new: Spread;
}

/** New classes against base classes, with lines of equal harmonic mean: up and to the right is better. */
export function scatter(points: readonly BaseAndNew[], looks: Map<string, Look>): Html {
  const x = extent(points.map(point => point.base));
  const y = extent(points.map(point => point.new));
  const lines = equalMeans(x, y);
  const spread = points.filter(({ base, new: fresh }) => base.deviation !== undefined && fresh.deviation !== undefined);
  const look = ({ method }: BaseAndNew) => looks.get(method)!;
  const base = (point: BaseAndNew) => point.base.mean;
  const fresh = (point: BaseAndNew) => point.new.mean;
  const bars = { stroke: (point: BaseAndNew) => look(point).colour, strokeOpacity: 0.6 };
  const size = { width: plotWidth, height: 360 };
  const margins = { marginLeft: 44, marginBottom: 42, marginRight: 16, marginTop: 26 };
  const field: [number, number] = [
    size.width - margins.marginLeft - margins.marginRight,
    size.height - margins.marginTop - margins.marginBottom,
  ];
  const names = placedNames(
    points.map(point => ({
      x: (field[0] * (base(point) - x[0])) / (x[1] - x[0]),
      y: (field[1] * (y[1] - fresh(point))) / (y[1] - y[0]),
      name: methodTitle(point.method),
    })),
    field,
  );
  const options: Plot.PlotOptions = {
    ...size,
    ...margins,
    x: { domain: x, label: 'base classes, top-1 % →', ticks: 6 },
    y: { domain: y, label: '↑ new classes, top-1 %', ticks: 6 },
    marks: [
      Plot.line(lines, { x: 'base', y: 'new', z: 'mean', stroke: 'var(--grid)' }),
      Plot.text(
        lines.filter(({ last }) => last),
        {
          x: 'base',
          y: 'new',
          text: ({ mean }) => `H ${mean}`,
          fill: 'var(--muted)',
          textAnchor: 'end',
          lineAnchor: 'bottom',
          dx: -3,
          dy: -3,
        },
      ),
      Plot.ruleY(spread, { ...bars, y: fresh, x1: edge('base', -1), x2: edge('base', 1) }),
      Plot.ruleX(spread, { ...bars, x: base, y1: edge('new', -1), y2: edge('new', 1) }),
      Plot.dot(points, {
        x: base,
        y: fresh,
        r: 5,
        fill: point => look(point).colour,
        symbol: (point: BaseAndNew) => look(point).symbol,
        title: point => `${methodTitle(point.method)}: base ${spreadText(point.base)}, new ${spreadText(point.new)}`,
      }),
      ...points.map((point, i) =>
        Plot.text([point], {
          x: base,
          y: fresh,
          text: ({ method }) => methodTitle(method),
          ...names[i],
          fontWeight: 600,
          stroke: 'var(--paper)',
          strokeWidth: 4,
          fill: 'currentColor',
        }),
      ),
    ],
  };
  const texts = points.map(
    one => `${methodTitle(one.method)}: base ${spreadText(one.base)}, new ${spreadText(one.new)}`,
  );
  return figure(options, {
    plot: 'base against new',
    label: `Accuracy on new classes against accuracy on base classes. ${texts.join('; ')}.`,
    caption: 'Averages. H is the same along a grey line; bars are one standard deviation over seeds on each side.',
  });
}

const edge = (of: 'base' | 'new', side: 1 | -1) => (point: BaseAndNew) => point[of].mean + side * point[of].deviation!;

/** The range of the values with their bars, and room for names. */
function extent(spreads: readonly Spread[]): [number, number] {
  const least = Math.min(...spreads.map(({ mean, deviation = 0 }) => mean - deviation));
  const most = Math.max(...spreads.map(({ mean, deviation = 0 }) => mean + deviation));
  const room = Math.max(0.8, 0.18 * (most - least));
  return [Math.max(0, least - room), Math.min(100, most + 1.4 * room)];
}

/** Points of the lines of equal harmonic mean within a field; `last` marks where a line leaves it. */
function equalMeans([left, right]: [number, number], [bottom, top]: [number, number]) {
  const least = harmonicMean(left, bottom);
  const most = harmonicMean(right, top);
  const step = [0.5, 1, 2, 5, 10, 20].find(size => (most - least) / size < 8) ?? 20;
  const count = Math.floor(most / step) - Math.ceil(least / step) + 1;
  const bases = Array.from({ length: 61 }, (_, i) => left + (i * (right - left)) / 60);
  return Array.from({ length: Math.max(0, count) }, (_, i) => (Math.ceil(least / step) + i) * step).flatMap(mean =>
    bases
      .map(base => ({ mean, base, new: (mean * base) / (2 * base - mean) }))
      .filter(point => 2 * point.base > mean && point.new >= bottom && point.new <= top)
      .map((point, j, { length }) => ({ ...point, last: j === length - 1 })),
  );
}
