import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { above, below, figure, margins, smallWidth } from './drawing.js';
import { type Spread, spreadNumbers, spreadText } from './spread.js';
import { type Look, legend, quietFirst } from './styles.js';

/** The state of a method's training after an epoch, over seeds. */
export interface EpochState {
  method: string;
  epoch: number;
  loss: Spread;
  learningRate: number;
  validation?: Spread;
}

/** Loss, learning rate and, if measured, accuracy on validation images by epoch. */
export function trainingCurves(states: readonly EpochState[], looks: Map<string, Look>, task: string): Html {
  const validated = states.filter(({ validation }) => validation !== undefined);
  const methods = [...new Set(states.map(({ method }) => method))];
  return html`${legend(methods, looks)}<div class="figures small">
${curves(states, looks, { task, title: 'Loss', of: one => one.loss })}
${curves(states, looks, { task, title: 'Learning rate', of: one => ({ mean: one.learningRate }) })}
${validated.length > 0 && curves(validated, looks, { task, title: 'Top-1 on validation images, %', of: one => one.validation! })}
</div>`;
}

interface Measure {
  task: string;
  title: string;
  of(state: EpochState): Spread;
}

function curves(states: readonly EpochState[], looks: Map<string, Look>, { task, title, of }: Measure): Html {
  const look = ({ method }: EpochState) => looks.get(method)!;
  const line = { x: 'epoch', z: 'method' } as const;
  const rates = title === 'Learning rate';
  const drawn = quietFirst(states, looks);
  const ends = drawn.filter((one, i) => drawn[i + 1]?.method !== one.method);
  const measure = title[0]!.toLowerCase() + title.slice(1);
  const options: Plot.PlotOptions = {
    ...margins,
    ...{ width: smallWidth, height: 230, marginLeft: rates ? 56 : 44 },
    x: { ...below('epoch'), ...epochScale(states) },
    y: {
      ...above(measure),
      ticks: 5,
      grid: true,
      nice: true,
      ...(rates && { tickFormat: (x: number) => String(+x.toPrecision(3)) }),
    },
    marks: [
      Plot.areaY(
        drawn.filter(one => of(one).deviation !== undefined && !look(one).quiet),
        {
          ...line,
          y1: one => of(one).mean - of(one).deviation!,
          y2: one => of(one).mean + of(one).deviation!,
          fill: one => look(one).colour,
          fillOpacity: 0.15,
        },
      ),
      Plot.line(drawn, {
        ...{ ...line, y: one => of(one).mean, stroke: one => look(one).colour },
        strokeWidth: one => (look(one).quiet ? 1 : 1.75),
      }),
      Plot.dot(
        ends.filter(one => !look(one).quiet),
        {
          x: 'epoch',
          y: one => of(one).mean,
          r: 3.5,
          fill: one => look(one).colour,
          symbol: (one: EpochState) => look(one).symbol,
          title: one =>
            `${methodTitle(one.method)}, epoch ${one.epoch}: ${rates ? of(one).mean.toPrecision(3) : spreadText(of(one))}`,
        },
      ),
    ],
  };
  const texts = ends.map(one => `${methodTitle(one.method)} ${of(one).mean.toPrecision(3)} after epoch ${one.epoch}`);
  return figure(options, {
    plot: 'training',
    title,
    label: `${task}: ${measure} by epoch. ${texts.join('; ')}.`,
    numbers: [
      ['method', 'epoch', measure, '±'],
      ...states.map(one => [
        methodTitle(one.method),
        one.epoch,
        ...(rates ? [of(one).mean.toPrecision(4), ''] : spreadNumbers(of(one))),
      ]),
    ],
  });
}

/** An epoch scale: logarithmic if some methods take many more epochs than others, so that no curve is squeezed. */
function epochScale(states: readonly EpochState[]): Plot.ScaleOptions {
  const lengths = [...new Set(states.map(({ method }) => method))].map(method =>
    Math.max(...states.filter(one => one.method === method).map(({ epoch }) => epoch)),
  );
  const last = Math.max(...lengths);
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  if (last > 6 * Math.min(...lengths))
    return { type: 'log', domain: [1, last], ticks: steps.filter(step => step <= last), tickFormat: String };
  const step = steps.find(size => last / size <= 6) ?? last;
  const ticks = [1, ...Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step)];
  return { domain: [1, Math.max(2, last)], ticks: [...new Set(ticks)], tickFormat: String };
}
