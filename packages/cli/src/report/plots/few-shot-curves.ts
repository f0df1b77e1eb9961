import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { figure, plotWidth } from './drawing.js';
import { type Spread, spreadText } from './spread.js';
import type { Look } from './styles.js';

/** Top-1 of a method by the number of training images per class. */
export interface ShotScore extends Spread {
  method: string;
  shots: number;
}

/** Accuracy against shots, with a band of one standard deviation over seeds on each side. */
export function fewShotCurves(
  scores: readonly ShotScore[],
  looks: Map<string, Look>,
  { title, small = false }: { title: string; small?: boolean },
): Html {
  const shots = [...new Set(scores.map(one => one.shots))].sort((a, b) => a - b);
  const bands = scores.filter(({ deviation }) => deviation !== undefined);
  const look = ({ method }: ShotScore) => looks.get(method)!;
  const of = { x: 'shots', z: 'method' } as const;
  const ends = small
    ? []
    : apart(
        scores.filter(one => one.shots === shots.at(-1)),
        0.045 * heightOf(scores),
      );
  const options: Plot.PlotOptions = {
    ...(small ? { width: 290, height: 210 } : { width: plotWidth, height: 320 }),
    marginLeft: 40,
    marginBottom: 40,
    marginTop: 24,
    marginRight: small ? 12 : 92,
    x: { type: 'log', base: 2, ticks: shots, tickFormat: String, label: 'images per class →' },
    y: { label: '↑ top-1 %', ticks: 5, grid: true, nice: true },
    marks: [
      Plot.areaY(bands, {
        ...of,
        y1: one => one.mean - one.deviation!,
        y2: one => one.mean + one.deviation!,
        fill: one => look(one).colour,
        fillOpacity: 0.15,
      }),
      Plot.line(scores, { ...of, y: 'mean', stroke: one => look(one).colour, strokeWidth: 2 }),
      Plot.dot(scores, {
        x: 'shots',
        y: 'mean',
        r: small ? 3 : 4,
        fill: one => look(one).colour,
        symbol: (one: ShotScore) => look(one).symbol,
        title: one => `${methodTitle(one.method)}, ${one.shots} per class: ${spreadText(one)}`,
      }),
      Plot.text(ends, {
        x: 'shots',
        y: 'height',
        text: one => methodTitle(one.method),
        dx: 9,
        textAnchor: 'start',
        fontWeight: 600,
      }),
    ],
  };
  const methods = [...new Set(scores.map(({ method }) => method))];
  const texts = methods.map(method => {
    const own = scores.filter(one => one.method === method);
    return `${methodTitle(method)} ${own.map(one => `${one.shots}: ${one.mean.toFixed(1)}`).join(', ')}`;
  });
  return figure(options, {
    plot: 'few-shot curves',
    label: `${title}: top-1 by images per class. ${texts.join('; ')}.`,
    caption: title,
  });
}

function heightOf(scores: readonly ShotScore[]): number {
  const edges = scores.flatMap(({ mean, deviation = 0 }) => [mean - deviation, mean + deviation]);
  return Math.max(...edges) - Math.min(...edges);
}

/** Heights for names at the ends of lines, moved up where they would overlap. */
function apart(ends: readonly ShotScore[], least: number): (ShotScore & { height: number })[] {
  let below = Number.NEGATIVE_INFINITY;
  return [...ends]
    .sort((a, b) => a.mean - b.mean)
    .map(end => {
      below = Math.max(end.mean, below + least);
      return { ...end, height: below };
    });
}
