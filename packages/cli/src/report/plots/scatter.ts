import { harmonicMean } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { above, below, figure, margins, plotWidth, shortTo } from './drawing.js';
import { fieldOf, namedMarks, type PlotField, pixels } from './named-marks.js';
import { type Box, overlap } from './placed-names.js';
import { type Spread, spreadNumbers, spreadText } from './spread.js';
import { type Look, quietFirst } from './styles.js';

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
  const size = { width: plotWidth, height: 490 };
  const field = fieldOf(size, margins, [x, y]);
  const look = ({ method }: BaseAndNew) => looks.get(method)!;
  const base = (point: BaseAndNew) => point.base.mean;
  const fresh = (point: BaseAndNew) => point.new.mean;
  const drawn = quietFirst(points, looks);
  const spread = drawn.filter(
    one => one.base.deviation !== undefined && one.new.deviation !== undefined && !look(one).quiet,
  );
  const bars = { stroke: (point: BaseAndNew) => look(point).colour, strokeOpacity: 0.6 };
  const lines = equalMeans(x, y);
  const means = meanLabels(lines, field, points);
  const names = [...drawn].reverse().map(point => ({
    ...{ x: base(point), y: fresh(point), name: shortTo(26)(methodTitle(point.method)) },
    ...(look(point).quiet ? { optional: true } : { strong: true }),
  }));
  const options: Plot.PlotOptions = {
    ...size,
    ...margins,
    x: { domain: x, ticks: 6, ...below('top-1 accuracy on base classes, %') },
    y: { domain: y, ticks: 6, ...above('top-1 accuracy on new classes, %') },
    marks: [
      Plot.line(lines, { x: 'base', y: 'new', z: 'mean', stroke: 'var(--grid)' }),
      Plot.text(means, {
        x: 'base',
        y: 'new',
        text: ({ mean }) => `H ${mean}`,
        fill: 'var(--muted)',
        stroke: 'var(--paper)',
        strokeWidth: 4,
      }),
      Plot.ruleY(spread, { ...bars, y: fresh, x1: edge('base', -1), x2: edge('base', 1) }),
      Plot.ruleX(spread, { ...bars, x: base, y1: edge('new', -1), y2: edge('new', 1) }),
      Plot.dot(drawn, {
        x: base,
        y: fresh,
        r: point => (look(point).quiet ? 3 : 5),
        fill: point => look(point).colour,
        sort: null, // in the given order, not largest first
        symbol: (point: BaseAndNew) => look(point).symbol,
        title: point => `${methodTitle(point.method)}: base ${spreadText(point.base)}, new ${spreadText(point.new)}`,
      }),
      ...namedMarks(names, { ...field, taken: means.map(({ box }) => box) }),
    ],
    r: { type: 'identity' },
  };
  const texts = points.map(
    one => `${methodTitle(one.method)}: base ${spreadText(one.base)}, new ${spreadText(one.new)}`,
  );
  return figure(options, {
    plot: 'base against new',
    title: 'New classes against base classes',
    about: `Up and to the right is better; H is the same along a grey line.${spread.length > 0 ? ' Bars: one standard deviation over seeds on each side.' : ''}`,
    label: `Accuracy on new classes against accuracy on base classes. ${texts.join('; ')}.`,
    numbers: [
      ['method', 'base', 'base ±', 'new', 'new ±'],
      ...points.map(one => [methodTitle(one.method), ...spreadNumbers(one.base), ...spreadNumbers(one.new)]),
    ],
  });
}

const edge = (of: 'base' | 'new', side: 1 | -1) => (point: BaseAndNew) => point[of].mean + side * point[of].deviation!;

/** The range of the values with their error bars, with room for names. */
function extent(spreads: readonly Spread[]): [number, number] {
  const least = Math.min(...spreads.map(({ mean, deviation = 0 }) => mean - deviation));
  const most = Math.max(...spreads.map(({ mean, deviation = 0 }) => mean + deviation));
  const room = Math.max(0.8, 0.14 * (most - least));
  return [Math.max(0, least - room), Math.min(100, most + 1.4 * room)];
}

interface MeanPoint {
  mean: number;
  base: number;
  new: number;
}

/** Points on the lines of equal harmonic mean within a field. */
function equalMeans([left, right]: [number, number], [bottom, top]: [number, number]): MeanPoint[] {
  const least = harmonicMean(left, bottom);
  const most = harmonicMean(right, top);
  const step = [0.5, 1, 2, 5, 10, 20].find(size => (most - least) / size < 8) ?? 20;
  const count = Math.floor(most / step) - Math.ceil(least / step) + 1;
  const bases = Array.from({ length: 61 }, (_, i) => left + (i * (right - left)) / 60);
  return Array.from({ length: Math.max(0, count) }, (_, i) => (Math.ceil(least / step) + i) * step).flatMap(mean =>
    bases
      .map(base => ({ mean, base, new: (mean * base) / (2 * base - mean) }))
      .filter(point => 2 * point.base > mean && point.new >= bottom && point.new <= top),
  );
}

/** Label positions on the lines, at the rightmost free place; a line that is too short has no label. */
function meanLabels(lines: readonly MeanPoint[], field: PlotField, points: readonly BaseAndNew[]) {
  const marks = points.map((one): Box => {
    const { x, y } = pixels(field, { x: one.base.mean, y: one.new.mean });
    return [x - 10, y - 10, x + 10, y + 10];
  });
  return [...new Set(lines.map(({ mean }) => mean))].flatMap(mean => {
    const candidates = lines
      .filter(line => line.mean === mean)
      .map(line => {
        const { x, y } = pixels(field, { x: line.base, y: line.new });
        return { ...line, box: [x - 22, y - 8, x + 22, y + 8] as Box };
      });
    const isFree = ({ box }: { box: Box }) =>
      box[0] >= 4 &&
      box[1] >= 2 &&
      box[2] <= field.width &&
      box[3] <= field.height - 2 &&
      marks.every(one => overlap(one, box) === 0);
    return candidates.findLast(isFree) ?? [];
  });
}
