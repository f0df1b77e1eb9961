import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { above, below, figure, margins, plotWidth, shortTo, smallWidth } from './drawing.js';
import { type Spread, spreadNumbers, spreadText } from './spread.js';
import { type Look, quietFirst } from './styles.js';

/** Top-1 of a method by the number of training images per class. */
export interface ShotScore extends Spread {
  method: string;
  shots: number;
}

/** Accuracy against shots, with a band of ± one standard deviation over seeds. */
export function fewShotCurves(
  scores: readonly ShotScore[],
  looks: Map<string, Look>,
  { title, about, small = false }: { title: string; about?: string; small?: boolean },
): Html {
  const shots = [...new Set(scores.map(one => one.shots))].sort((a, b) => a - b);
  const look = ({ method }: ShotScore) => looks.get(method)!;
  const drawn = quietFirst(scores, looks);
  const bands = drawn.filter(one => one.deviation !== undefined && !look(one).quiet);
  const of = { x: 'shots', z: 'method' } as const;
  const last = scores.filter(one => one.shots === shots.at(-1) && !look(one).quiet);
  const height = small ? 220 : 380;
  const ends = small ? [] : apart(last, (17 * heightOf(scores)) / (height - 90));
  const options: Plot.PlotOptions = {
    ...margins,
    ...{ width: small ? smallWidth : plotWidth, height },
    marginRight: small ? 14 : 20 + 8 * Math.max(4, ...ends.map(one => nameOf(one).length)),
    x: { type: 'log', base: 2, ticks: shots, tickFormat: String, ...below('training images per class') },
    y: { ticks: 5, grid: true, nice: true, ...above('top-1 accuracy, %') },
    marks: [
      Plot.areaY(bands, {
        ...of,
        y1: one => one.mean - one.deviation!,
        y2: one => one.mean + one.deviation!,
        fill: one => look(one).colour,
        fillOpacity: 0.15,
      }),
      Plot.line(drawn, {
        ...of,
        y: 'mean',
        stroke: one => look(one).colour,
        strokeWidth: one => (look(one).quiet ? 1 : 2),
      }),
      Plot.dot(
        drawn.filter(one => !look(one).quiet),
        {
          x: 'shots',
          y: 'mean',
          r: small ? 3 : 4,
          fill: one => look(one).colour,
          symbol: (one: ShotScore) => look(one).symbol,
          title: one => `${methodTitle(one.method)}, ${one.shots} per class: ${spreadText(one)}`,
        },
      ),
      Plot.text(ends, {
        x: 'shots',
        y: 'height',
        text: nameOf,
        dx: 9,
        textAnchor: 'start',
        fontWeight: 600,
        fontSize: 12,
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
    title,
    about,
    label: `${title}: top-1 by images per class. ${texts.join('; ')}.`,
    numbers: [
      ['method', 'shots', 'top-1', 'top-1 ±'],
      ...scores.map(one => [methodTitle(one.method), one.shots, ...spreadNumbers(one)]),
    ],
  });
}

const nameOf = ({ method }: ShotScore): string => shortTo(18)(methodTitle(method));

function heightOf(scores: readonly ShotScore[]): number {
  const edges = scores.flatMap(({ mean, deviation = 0 }) => [mean - deviation, mean + deviation]);
  return Math.max(...edges) - Math.min(...edges);
}

/** Heights for names at the ends of lines, moved up to avoid overlaps. */
function apart(ends: readonly ShotScore[], least: number): (ShotScore & { height: number })[] {
  let below = Number.NEGATIVE_INFINITY;
  return [...ends]
    .sort((a, b) => a.mean - b.mean)
    .map(end => {
      below = Math.max(end.mean, below + least);
      return { ...end, height: below };
    });
}
